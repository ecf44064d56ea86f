#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tomography/ray_store.h"
#include "tests/unit/tomography/toy_scan.h"

// The mean of many gradients of one ray against the gradient at full precision, in units of its standard
// error. 4,000 draws and some 30 entries: under unbiasedness |z| stays below 5 with a probability above
// 1 - 2e-5 for all of them; the seed is fixed.
namespace zipml {
namespace {

struct Spread {
  double worst_z = 0.0;
  int entries = 0;
};

Spread against_full(const char* kind, int bits) {
  constexpr int kDraws = 4000;
  constexpr std::uint32_t kRay = 150;
  const Projector projector(ScanGeometry{16, 20, 1});
  std::vector<float> x(256), labels(projector.rays(), 0.7f);
  for (std::size_t p = 0; p < x.size(); ++p) x[p] = static_cast<float>(p % 5) * 0.4f;
  const std::vector<std::uint32_t> rays = {kRay};
  EstimatorScratch scratch;
  const auto gradient = [&](RayStore& store) {
    std::vector<float> sum(256, 0.0f);
    store.accumulate(x, labels, rays, sum, scratch);
    return sum;
  };
  const auto full = make_ray_store({"full", {}}, projector, 1, 1);
  const std::vector<float> exact = gradient(*full);
  const auto low = make_ray_store(testing::rows_at(kind, bits), projector, 7, 1);
  std::vector<double> sums(256, 0.0), squares(256, 0.0);
  for (std::uint32_t epoch = 1; epoch <= kDraws; ++epoch) {
    low->begin_epoch(epoch);
    const std::vector<float> one = gradient(*low);
    for (std::size_t p = 0; p < 256; ++p) {
      sums[p] += static_cast<double>(one[p]);
      squares[p] += static_cast<double>(one[p]) * static_cast<double>(one[p]);
    }
  }
  Spread spread;
  for (std::size_t p = 0; p < 256; ++p) {
    const double mean = sums[p] / kDraws, variance = squares[p] / kDraws - mean * mean;
    if (!(variance > 1e-12)) continue;
    ++spread.entries;
    const double z = (mean - static_cast<double>(exact[p])) / std::sqrt(variance / kDraws);
    spread.worst_z = std::max(spread.worst_z, std::fabs(z));
  }
  return spread;
}

TEST_CASE("gradients of rays: double sampling is unbiased, naive rows are not", "[statistical]") {
  for (const int bits : {1, 2, 4}) {
    INFO(bits << " bits");
    const Spread spread = against_full("double_sampling", bits);
    CHECK(spread.entries >= 10);
    CHECK(spread.worst_z < 5.0);
  }
  CHECK(against_full("naive", 1).worst_z > 5.0);  // the positive control
}

}  // namespace
}  // namespace zipml
