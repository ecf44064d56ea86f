#include "engine/core/random.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "engine/core/portable_math.h"

namespace zipml {
namespace {

// Known answers published with Random123 1.14 (kat_vectors, philox4x32, 10 rounds).
TEST_CASE("philox4x32 gives the published known answers", "[random]") {
  using Block = std::array<std::uint32_t, 4>;
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
        Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("every part of a draw's address changes the draw", "[random]") {
  const DrawAddress base{7, Stream::sample_rounding, 3};
  const std::uint32_t value = draw_bits(base, 10, 0);
  CHECK(value == draw_bits(base, 10, 0));
  CHECK(value != draw_bits({8, Stream::sample_rounding, 3}, 10, 0));
  CHECK(value != draw_bits({7 + (std::uint64_t{1} << 32), Stream::sample_rounding, 3}, 10, 0));
  CHECK(value != draw_bits({7, Stream::model_rounding, 3}, 10, 0));
  CHECK(value != draw_bits({7, Stream::sample_rounding, 4}, 10, 0));
  CHECK(value != draw_bits(base, 11, 0));
  CHECK(value != draw_bits(base, 10 + (std::uint64_t{1} << 34), 0));
  CHECK(value != draw_bits(base, 10, 1));
}

TEST_CASE("unit draws lie in [0, 1) and fill it evenly", "[random]") {
  const DrawAddress address{1, Stream::bootstrap, 0};
  constexpr int kDraws = 100000, kBins = 20;
  std::vector<int> bins(kBins);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const float u = draw_unit_float(address, i, 0);
    REQUIRE(u >= 0.0f);
    REQUIRE(u < 1.0f);
    ++bins[static_cast<std::size_t>(u * kBins)];
    const double d = draw_unit_double(address, i, 1);
    REQUIRE(d >= 0.0);
    REQUIRE(d < 1.0);
  }
  double chi2 = 0.0;
  for (const int count : bins) chi2 += std::pow(count - kDraws / kBins, 2) / (kDraws / kBins);
  CHECK(chi2 < 50.8);  // 19 degrees of freedom: exceeded with probability 1e-4
}

TEST_CASE("draw_below stays below its bound and reaches every value", "[random]") {
  const DrawAddress address{5, Stream::permutation, 0};
  std::vector<int> seen(7);
  for (std::uint64_t i = 0; i < 1000; ++i) ++seen.at(draw_below(address, i, 0, 7));
  for (const int count : seen) CHECK(count > 80);
  CHECK(draw_below(address, 0, 0, 1) == 0);
}

TEST_CASE("normal draws have the moments of a standard normal", "[random]") {
  const DrawAddress address{2, Stream::generate_features, 0};
  constexpr int kDraws = 200000;
  double sum = 0.0, squares = 0.0, fourth = 0.0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double z = draw_normal(address, i, 0);
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
  }
  // Five standard errors of each mean.
  CHECK(std::fabs(sum / kDraws) < 5.0 / std::sqrt(kDraws));
  CHECK(std::fabs(squares / kDraws - 1.0) < 5.0 * std::sqrt(2.0 / kDraws));
  CHECK(std::fabs(fourth / kDraws - 3.0) < 5.0 * std::sqrt(96.0 / kDraws));
}

TEST_CASE("portable log, exp and normal quantile agree with the C library", "[portable_math]") {
  for (double x = 1e-300; x < 1e300; x *= 1.9) {
    REQUIRE(portable_log(x) == Approx(std::log(x)).epsilon(4e-16).margin(1e-16));
  }
  for (double x = -700.0; x < 700.0; x += 0.37)
    REQUIRE(portable_exp(x) == Approx(std::exp(x)).epsilon(2e-15));
  CHECK(portable_exp(1000.0) == std::numeric_limits<double>::infinity());
  CHECK(portable_exp(-1000.0) == 0.0);
  for (double z = -8.0; z <= 8.0; z += 0.1) {
    const double p = 0.5 * std::erfc(-z / std::sqrt(2.0));
    if (z < 5.0) REQUIRE(normal_quantile(p) == Approx(z).epsilon(1e-8).margin(1e-9));
  }
}

}  // namespace
}  // namespace zipml
