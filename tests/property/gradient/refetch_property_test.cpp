#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/gradient/estimator.h"
#include "engine/kernels/kernels.h"
#include "tests/unit/solve/toy_problem.h"

// No refetched gradient is ever taken from the wrong side of the hinge's jump, whatever the data, the model,
// the levels and the draw.
namespace zipml {
namespace {

struct Problem {
  Matrix features;
  std::vector<float> labels;
  AlignedVector<float> x;
};

// Columns of very different sizes, and a model scaled so that one row lies on the jump as exactly as float32
// can say.
Problem make_problem(std::uint64_t seed) {
  const DrawAddress address{seed, Stream::generate_features, 0};
  const std::size_t cols = 1 + draw_below(address, 0, 1, 40);
  Problem p{Matrix(30, cols), {}, AlignedVector<float>(round_up(cols, kRowAlignment), 0.0f)};
  for (std::size_t c = 0; c < cols; ++c) {
    const double size = std::pow(10.0, 6.0 * draw_unit_double(address, c, 2) - 3.0);
    for (std::size_t r = 0; r < 30; ++r)
      p.features(r, c) = static_cast<float>(size * draw_normal(address, r * cols + c, 3));
    p.x[c] = static_cast<float>(draw_normal(address, c, 4) / size);
  }
  for (std::size_t r = 0; r < 30; ++r) p.labels.push_back(draw_bits(address, r, 9) >> 31 ? 1.0f : -1.0f);
  const float score = kernels::dot(p.features.padded_row(0).data(), p.x.data(), p.x.size());
  if (score != 0.0f) {
    for (float& v : p.x) v *= p.labels[0] / score;
  }
  return p;
}

// Rows whose gradient by the estimator is 0 where the exact one is not, or the reverse.
int flipped_rows(const Problem& p, const GradientEstimator& estimator) {
  int flipped = 0;
  EstimatorScratch scratch;
  for (std::uint32_t r = 0; r < p.features.rows(); ++r) {
    AlignedVector<float> g(p.x.size(), 0.0f);
    estimator.accumulate(p.x, std::vector<std::uint32_t>{r}, g, scratch);
    double exact = 0.0;
    for (std::size_t c = 0; c < p.features.cols(); ++c)
      exact += static_cast<double>(p.features(r, c)) * static_cast<double>(p.x[c]);
    const bool inside = static_cast<double>(p.labels[r]) * exact < 1.0;
    // The float32 score may round to the other side of the jump; what full precision does is right as well.
    const float score = kernels::dot(p.features.padded_row(r).data(), p.x.data(), p.x.size());
    const bool by_float = static_cast<double>(p.labels[r]) * static_cast<double>(score) < 1.0;
    const bool has_gradient = kernels::dot(g.data(), g.data(), g.size()) > 0.0f;
    if (has_gradient != inside && has_gradient != by_float) ++flipped;
  }
  return flipped;
}

TEST_CASE("l1 refetching never flips a gradient; naive rounding, the control, does", "[refetch]") {
  const auto loss = losses()["hinge"]({});
  int flipped_by_naive = 0, refetched = 0, rows = 0;
  REQUIRE(rc::check("the sign is that of full precision", [&] {
    const Problem p = make_problem(*rc::gen::arbitrary<std::uint32_t>());
    const auto bits = std::int64_t{*rc::gen::inRange(1, 9)};
    const std::string levels = *rc::gen::element<std::string>("uniform", "optimal", "quantile", "kmeans");
    const std::string bound = *rc::gen::element<std::string>("step", "interval", "nearest");
    const auto kind_of_levels = component_default(level_strategies().family(), levels);
    const auto choice = testing::estimator_choice(
        "refetch_l1", {{"bits", bits}, {"bound", bound}, {"levels", kind_of_levels}});
    const EstimatorInput input{p.features, p.labels, *loss, 1, 1};
    const auto estimator = estimators()[choice.kind](choice.parameters, input);
    estimator->begin_epoch(1);
    RC_ASSERT(flipped_rows(p, *estimator) == 0);
    refetched += static_cast<int>(estimator->counts().refetched);
    rows += static_cast<int>(p.features.rows());
    const auto naive = testing::estimator_choice("naive", {{"bits", bits}, {"levels", kind_of_levels}});
    const auto control = estimators()[naive.kind](naive.parameters, input);
    control->begin_epoch(1);
    flipped_by_naive += flipped_rows(p, *control);
  }));
  CHECK(flipped_by_naive > 50);
  // It does not get there by refetching everything.
  CHECK(refetched < rows * 9 / 10);
  CHECK(refetched > 0);
}

}  // namespace
}  // namespace zipml
