#include "engine/solve/bias_and_noise.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/solve/toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::Given;

constexpr std::size_t kRows = 300, kFeatures = 8;

struct Fixture {
  PreparedData data = testing::toy_data(kRows, kFeatures, 1.0);
  std::unique_ptr<Loss> loss = losses()["least_squares"]({});
  AlignedVector<float> x = AlignedVector<float>(16, 0.0f);

  Fixture() {
    for (std::size_t i = 0; i <= kFeatures; ++i)
      x[i] = static_cast<float>(draw_normal({9, Stream::generate_model, 0}, i, 0));
  }

  std::unique_ptr<GradientEstimator> make(const char* kind, Given given) const {
    return estimators()[kind](estimator_choice(kind, std::move(given)).parameters,
                              {data.data.train.features, data.data.train.labels, *loss, 1, 1});
  }

  BiasAndNoise measure(const char* kind, Given given, int draws = 400, int threads = 1) const {
    const auto full = make("full", {}), estimator = make(kind, std::move(given));
    return measure_bias_and_noise(*full, *estimator, x, kRows, draws, threads);
  }
};

TEST_CASE("naive rounding's bias is D x, double sampling's is not told from 0", "[bias_and_noise]") {
  const Fixture f;
  const std::pair<std::string, ParameterValue> bits{"bits", std::int64_t{3}};
  const QuantizedSamples samples(
      f.data.data.train.features,
      *level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters), 8, 1, 1);
  double square = 0.0;
  for (std::size_t c = 0; c <= kFeatures; ++c) {
    double variance = 0.0;
    for (std::size_t r = 0; r < kRows; ++r)
      variance += samples.levels().column(c).variance(f.data.data.train.features(r, c)) / kRows;
    square += std::pow(variance * static_cast<double>(f.x[c]), 2);
  }
  const BiasAndNoise naive = f.measure("naive", {bits});
  CHECK(naive.bias == Approx(std::sqrt(square)).epsilon(0.05));
  CHECK(naive.bias > 5 * naive.bias_floor);
  const BiasAndNoise doubled = f.measure("double_sampling", {bits});
  CHECK(doubled.bias < 2 * doubled.bias_floor);
  CHECK(doubled.noise > naive.bias);
}

TEST_CASE("full precision has neither bias nor noise; its own noise and norm are those of the samples",
          "[bias_and_noise]") {
  const Fixture f;
  const BiasAndNoise error = f.measure("full", {}, 2);
  CHECK(error.bias == 0.0);
  CHECK(error.noise == 0.0);
  std::vector<double> mean(kFeatures + 1);
  double squares = 0.0;
  for (std::size_t r = 0; r < kRows; ++r) {
    double residual = -static_cast<double>(f.data.data.train.labels[r]);
    for (std::size_t c = 0; c <= kFeatures; ++c)
      residual += static_cast<double>(f.data.data.train.features(r, c)) * static_cast<double>(f.x[c]);
    for (std::size_t c = 0; c <= kFeatures; ++c) {
      const double g = residual * static_cast<double>(f.data.data.train.features(r, c));
      mean[c] += g / kRows;
      squares += g * g / kRows;
    }
  }
  double norm = 0.0;
  for (const double m : mean) norm += m * m;
  CHECK(error.gradient_norm == Approx(std::sqrt(norm)).epsilon(1e-4));
  CHECK(error.sample_noise == Approx(std::sqrt(squares - norm)).epsilon(1e-4));
}

TEST_CASE("deterministic rounding has bias only; finer levels have less of everything", "[bias_and_noise]") {
  const Fixture f;
  const auto at = [&](const char* kind, int bits) {
    return f.measure(kind, {{"bits", std::int64_t{bits}}}, 50);
  };
  CHECK(at("deterministic", 3).noise == 0.0);
  CHECK(at("deterministic", 3).bias > 10 * at("deterministic", 8).bias);
  CHECK(at("naive", 3).noise > 10 * at("naive", 8).noise);
}

TEST_CASE("threads change nothing; a run measures when it is asked to, and trains the same",
          "[bias_and_noise]") {
  const Fixture f;
  const Given naive = {{"bits", std::int64_t{3}}};
  CHECK(f.measure("naive", naive, 20, 1).bias == f.measure("naive", naive, 20, 4).bias);

  const auto regularizer = regularizers()["none"]({});
  const Problem problem{f.data, *f.loss, *regularizer};
  const TrainingSpec plain = testing::toy_spec(5, 16, 0.01);
  TrainingSpec measuring = plain;
  measuring.solver.parameters.set(
      "probe", component_default(probes(), "bias_and_noise",
                                 {{"estimator", component_default(estimators().family(), "naive", naive)},
                                  {"every", std::int64_t{2}}}));
  const TrainingResult one = train(problem, plain, 1), two = train(problem, measuring, 2);
  CHECK(one.x == two.x);
  CHECK(one.bias_and_noise.empty());
  REQUIRE(two.bias_and_noise.size() == 3);
  CHECK(two.bias_and_noise[0].epoch == 2);
  CHECK(two.bias_and_noise[2].epoch == 5);
  CHECK(two.bias_and_noise[2].noise > 0.0);
}

}  // namespace
}  // namespace zipml
