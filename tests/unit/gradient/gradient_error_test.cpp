#include "engine/gradient/gradient_error.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/quantize/quantized_samples.h"
#include "tests/unit/solve/toy_problem.h"

namespace zipml {
namespace {

struct Fixture {
  PreparedData data = testing::toy_data(300, 5, 1.0);
  std::unique_ptr<Loss> loss = losses()["least_squares"]({});
  std::vector<AlignedVector<float>> models = std::vector(2, AlignedVector<float>(16, 0.0f));

  Fixture() {
    for (std::size_t i = 0; i < 6; ++i) models[1][i] = 0.25f * static_cast<float>(i) - 0.5f;
  }

  EstimatorInput input(int threads = 1) const {
    return {data.data.train.features, data.data.train.labels, *loss, 1, threads};
  }

  std::vector<GradientError> measure(const ComponentChoice& samples, int draws, int threads = 1) const {
    return measure_gradient_error(input(threads), samples, models, draws);
  }
};

ComponentChoice sampled(int bits, const char* levels = "uniform", testing::Given levels_given = {}) {
  return testing::estimator_choice(
      "double_sampling",
      {{"bits", std::int64_t{bits}},
       {"levels", component_default(level_strategies().family(), levels, std::move(levels_given))}});
}

TEST_CASE("float32 samples have no error and no bound", "[gradient_error]") {
  const Fixture f;
  for (const GradientError& error : f.measure(testing::estimator_choice("full"), 3)) {
    CHECK(error.mean_squared == 0.0);
    CHECK(error.standard_error == 0.0);
    CHECK(error.bias_squared == 0.0);
    CHECK(error.lemma_bound == 0.0);
    CHECK(error.residual_bound == 0.0);
    CHECK(error.sampling_variance > 0.0);
  }
}

TEST_CASE("the bounds and the sampling variance are Lemma 1's, term by term", "[gradient_error]") {
  const Fixture f;
  const std::vector<GradientError> measured = f.measure(sampled(3), 2);
  const QuantizedSamples samples(
      f.data.data.train.features,
      *level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters), 8, 2, 1);
  for (std::size_t m = 0; m < 2; ++m) {
    double lemma = 0.0, residual_form = 0.0, squares = 0.0;
    std::vector<double> mean(6, 0.0);
    for (std::size_t r = 0; r < 300; ++r) {
      double tv = 0.0, score = 0.0, norm = 0.0, x4 = 0.0;
      for (std::size_t c = 0; c < 6; ++c) {
        const float value = f.data.data.train.features(r, c);
        const double a = value, x = f.models[m][c];
        tv += samples.levels().column(c).variance(value);
        score += a * x;
        norm += a * a;
        x4 += x * x * x * x;
      }
      const double residual = score - static_cast<double>(f.data.data.train.labels[r]), xx = std::sqrt(x4);
      lemma += tv * (tv * xx + score * score + xx * norm) / 300;
      residual_form += tv * (tv * xx + residual * residual + xx * norm) / 300;
      squares += residual * residual * norm / 300;
      for (std::size_t c = 0; c < 6; ++c) {
        mean[c] += residual * static_cast<double>(f.data.data.train.features(r, c)) / 300;
      }
    }
    for (const double g : mean) squares -= g * g;
    CHECK(measured[m].lemma_bound == Approx(lemma).epsilon(1e-9));
    CHECK(measured[m].residual_bound == Approx(residual_form).epsilon(1e-9));
    CHECK(measured[m].sampling_variance == Approx(squares).epsilon(1e-5));
  }
  CHECK(measured[0].lemma_bound == 0.0);
  CHECK(measured[0].residual_bound > 0.0);
}

TEST_CASE("errors have the same bits for any number of threads", "[gradient_error]") {
  const Fixture f;
  const std::vector<GradientError> one = f.measure(sampled(2, "quantile"), 4);
  for (const int threads : {2, 3, 8}) {
    const std::vector<GradientError> many = f.measure(sampled(2, "quantile"), 4, threads);
    for (std::size_t m = 0; m < 2; ++m) {
      CHECK(many[m].mean_squared == one[m].mean_squared);
      CHECK(many[m].standard_error == one[m].standard_error);
      CHECK(many[m].bias_squared == one[m].bias_squared);
      CHECK(many[m].lemma_bound == one[m].lemma_bound);
    }
  }
}

TEST_CASE("what does not draw has no spread over draws, and keeps its bias", "[gradient_error]") {
  const Fixture f;
  const ComponentChoice nearest = testing::estimator_choice("deterministic", {{"bits", std::int64_t{2}}});
  const GradientError few = f.measure(nearest, 2)[1], many = f.measure(nearest, 20)[1];
  CHECK(many.standard_error < 1e-9 * many.mean_squared);
  CHECK(many.bias_squared == Approx(few.bias_squared).epsilon(1e-9));
}

TEST_CASE("a stop ends the measurement without a result", "[gradient_error]") {
  const Fixture f;
  int asked = 0;
  CHECK(measure_gradient_error(f.input(), sampled(2), f.models, 10, [&] { return ++asked == 3; }).empty());
  CHECK(asked == 3);
}

TEST_CASE("the variance of a stored value is that of its levels, times the row's squared norm",
          "[gradient_error]") {
  const Fixture f;
  const Matrix& features = f.data.data.train.features;
  for (const char* scaling : {"column", "row"}) {
    const auto strategy = level_strategies()["uniform"](
        choose(level_strategies().family(), "uniform", {{"scaling", std::string(scaling)}}).parameters);
    const QuantizedSamples samples(features, *strategy, 4, 2, 1);
    for (std::size_t r = 0; r < 20; ++r) {
      double norm = 0.0;
      for (const float value : features.row(r))
        norm += static_cast<double>(value) * static_cast<double>(value);
      for (std::size_t c = 0; c < 6; ++c) {
        const double value = features(r, c);
        const LevelSet& levels = samples.levels().column(c);
        const double unit = scaling == std::string("row") ? std::sqrt(norm) : 1.0;
        // (high - v)(v - low), from the levels themselves.
        const auto bracket = levels.bracket(static_cast<float>(value / unit));
        const double low = unit * static_cast<double>(levels.values()[bracket.lower]);
        const double high = unit * static_cast<double>(levels.values()[bracket.lower + 1]);
        CHECK(samples.variance(r, c) == Approx((high - value) * (value - low)).epsilon(1e-4).margin(1e-5));
      }
    }
  }
}

TEST_CASE("the exact least-squares solution has no gradient", "[gradient_error]") {
  const Fixture f;
  const std::vector<double> x = exact_least_squares_solution(f.data, 2);
  REQUIRE(x.size() == 6);
  for (std::size_t c = 0; c < 6; ++c) {
    double gradient = 0.0;
    for (std::size_t r = 0; r < 300; ++r) {
      double residual = -static_cast<double>(f.data.data.train.labels[r]);
      for (std::size_t i = 0; i < 6; ++i)
        residual += x[i] * static_cast<double>(f.data.data.train.features(r, i));
      gradient += residual * static_cast<double>(f.data.data.train.features(r, c));
    }
    CHECK(std::fabs(gradient) < 1e-9 * 300);
  }
}

}  // namespace
}  // namespace zipml
