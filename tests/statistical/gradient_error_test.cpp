#include "engine/gradient/gradient_error.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/quantize/quantized_samples.h"
#include "tests/unit/solve/toy_problem.h"

namespace zipml {
namespace {

// Means over kDraws draws are compared in their own standard errors; a normal mean exceeds 6 of them with
// probability 2e-9, so a correct measurement is refused with probability below 1e-6. Fixed seeds.
constexpr int kDraws = 400;
constexpr double kLimit = 6.0;
constexpr std::size_t kRows = 200, kColumns = 6;

AlignedVector<float> some_model() {
  AlignedVector<float> x(16, 0.0f);
  for (std::size_t i = 0; i < kColumns; ++i) {
    x[i] = static_cast<float>(draw_normal({9, Stream::generate_model, 0}, i, 0));
  }
  return x;
}

// mean over the rows of TV r^2 + |a|^2 V + TV V with r = a'x - b and V = sum_i var_i x_i^2: the exact
// variance of Q1(a) (Q2(a)'x - b) around a (a'x - b).
double exact_variance(const Split& train, const LevelStrategy& strategy, int levels,
                      const AlignedVector<float>& x) {
  const QuantizedSamples samples(train.features, strategy, levels, 2, 1);
  double sum = 0.0;
  for (std::size_t r = 0; r < kRows; ++r) {
    double tv = 0.0, weighted = 0.0, norm = 0.0, residual = -static_cast<double>(train.labels[r]);
    for (std::size_t c = 0; c < kColumns; ++c) {
      const double a = train.features(r, c), weight = x[c], variance = samples.variance(r, c);
      tv += variance;
      weighted += variance * weight * weight;
      norm += a * a;
      residual += a * weight;
    }
    sum += tv * residual * residual + norm * weighted + tv * weighted;
  }
  return sum / static_cast<double>(kRows);
}

TEST_CASE(
    "the measured error is the exact variance, within its own standard error; naive, the control, is off",
    "[gradient_error]") {
  const PreparedData data = testing::toy_data(kRows, kColumns - 1, 1.0);
  const auto loss = losses()["least_squares"]({});
  const std::vector<AlignedVector<float>> models = {AlignedVector<float>(16, 0.0f), some_model()};
  const EstimatorInput input{data.data.train.features, data.data.train.labels, *loss, 1, 2};
  for (const char* levels : {"uniform", "optimal", "optimal_histogram", "adaquant", "quantile", "log"}) {
    for (const int bits : {1, 3}) {
      const ParameterValue chosen = component_default(level_strategies().family(), levels);
      const auto strategy =
          level_strategies()[levels](choose(level_strategies().family(), levels).parameters);
      testing::Given given = {{"bits", std::int64_t{bits}}, {"levels", chosen}, {"symmetrized", false}};
      const auto errors =
          measure_gradient_error(input, testing::estimator_choice("double_sampling", given), models, kDraws);
      given.pop_back();
      const auto naive =
          measure_gradient_error(input, testing::estimator_choice("naive", given), models, kDraws);
      for (std::size_t m = 0; m < models.size(); ++m) {
        const double exact = exact_variance(data.data.train, *strategy, 1 << bits, models[m]);
        INFO(levels << ", " << bits << " bits, model " << m);
        CHECK(std::fabs(errors[m].mean_squared - exact) < kLimit * errors[m].standard_error);
        // The bound is exact at x = 0, where only the sampled label term is left.
        CHECK(errors[m].mean_squared < errors[m].residual_bound + kLimit * errors[m].standard_error);
        if (m == 0) CHECK(errors[m].residual_bound == Approx(exact).epsilon(1e-6));
        // Unbiased: the squared mean error is what independent draws leave, a mean of kRows x kDraws terms.
        const double left = errors[m].mean_squared / (static_cast<double>(kRows) * kDraws);
        CHECK(errors[m].bias_squared < 10 * left);
        if (m == 0) continue;
        // At 1 bit the bias makes up for the missing second draw by chance.
        if (bits == 3) CHECK(std::fabs(naive[m].mean_squared - exact) > kLimit * naive[m].standard_error);
        CHECK(naive[m].bias_squared > 100 * left);
      }
    }
  }
}

}  // namespace
}  // namespace zipml
