#include "engine/deep/network_training.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "engine/data/dataset.h"
#include "engine/quantize/level_strategy.h"

namespace zipml {
namespace {

using Given = std::vector<std::pair<std::string, ParameterValue>>;

/// A made-up network: its loss is half the squared distance of the parameters from 1, plus what label the
/// first image of the batch has, so that everything it was asked can be told.
class Recorder final : public NetworkGradient {
 public:
  BatchOutcome gradient(std::span<const float> images, std::span<const std::int64_t> labels,
                        std::span<const float> parameters, std::span<float> gradient) override {
    asked.emplace_back(parameters.begin(), parameters.end());
    batches.emplace_back(labels.begin(), labels.end());
    pixels += images.size();
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = parameters[i] - 1.0f;
    return {asked.size() == fail_at ? std::nan("") : static_cast<double>(asked.size()), 0};
  }
  BatchOutcome evaluate(std::span<const float>, std::span<const std::int64_t> labels,
                        std::span<const float>) override {
    ++tests;
    return {0.5, labels.size() / 2};
  }

  std::vector<std::vector<float>> asked;
  std::vector<std::vector<std::int64_t>> batches;
  std::size_t pixels = 0, tests = 0, fail_at = 0;
};

PreparedData images(std::int64_t train, std::int64_t test) {
  PreparedData data;
  data.data = load_dataset(
      choose(datasets().family(), "mnist-like", {{"train_rows", train}, {"test_rows", test}}), {});
  return data;
}

NetworkTrainingSpec spec(const Given& solver, const Given& weights = {}) {
  NetworkTrainingSpec spec;
  spec.network = choose(networks().family(), "cifar10_quick");
  spec.weights = choose(weight_channels().family(), weights.empty() ? "full" : "quantized", weights);
  spec.solver = choose(network_solvers(), "momentum_sgd", solver);
  return spec;
}

const Given kXnor5 = {{"bits", std::int64_t{3}},
                      {"levels_count", std::int64_t{5}},
                      {"levels", component_default(level_strategies().family(), "xnor")},
                      {"rounding", std::string("nearest")}};

Given steps(std::int64_t iterations, std::int64_t batch, std::int64_t display, std::int64_t test_every) {
  return {{"iterations", iterations}, {"batch", batch}, {"display", display}, {"test_every", test_every}};
}

TEST_CASE("a step of momentum SGD, by hand", "[deep]") {
  const std::vector<LayerParameters> layout = {{"l", {1, 1}, 0, 1, 1, 1, 0.0}};
  MomentumSolver solver(layout, {.rate = 0.5, .momentum = 0.5, .weight_decay = 0.25, .bias_rate = 2.0});
  std::vector<float> master = {2.0f, 4.0f};
  solver.step(std::vector<float>{1.0f, 1.0f}, master);
  // v = .5 (1 + .25 * 2) = .75 and 1 (1 + .25 * 4) = 2
  CHECK(master == std::vector<float>{1.25f, 2.0f});
  solver.step(std::vector<float>{0.0f, 0.0f}, master);
  // v = .375 + .5 * .3125 = .53125 and 1 + .5 = 1.5
  CHECK(master == std::vector<float>{0.71875f, 0.5f});
}

TEST_CASE("straight-through: gradients are taken at quantized weights and move full-precision ones",
          "[deep]") {
  const PreparedData data = images(20, 0);
  Recorder full, quantized;
  const Given one = steps(2, 10, 1, 1);
  const TrainingResult plain = train_network(data, spec(one), full);
  const TrainingResult result = train_network(data, spec(one, kXnor5), quantized);
  const auto layout = parameter_layout(networks()["cifar10_quick"]({}), data.data.image);
  const std::vector<float> start = initial_parameters(layout, 1);
  REQUIRE(full.asked.at(0) == start);
  // Each tensor was asked at five levels; biases as they are.
  for (const LayerParameters& layer : layout) {
    const auto begin = quantized.asked[0].begin();
    const std::set<float> found(begin + static_cast<std::ptrdiff_t>(layer.first_weight),
                                begin + static_cast<std::ptrdiff_t>(layer.first_bias));
    CHECK(found.size() <= 5);
    CHECK(found.size() >= 3);
  }
  CHECK(result.x.size() == start.size());
  std::vector<float> master = start;
  MomentumSolver solver(layout, {.rate = 0.001, .momentum = 0.9, .weight_decay = 0.004, .bias_rate = 2.0});
  for (const std::vector<float>& asked : quantized.asked) {
    std::vector<float> gradient(asked);
    for (float& g : gradient) g -= 1.0f;
    solver.step(gradient, master);
  }
  CHECK(result.x == master);
  CHECK(result.x != plain.x);
}

TEST_CASE("the trace has a row every display, tests every test_every and at the end", "[deep]") {
  const PreparedData data = images(30, 8);
  Recorder recorder;
  const TrainingResult result = train_network(data, spec(steps(7, 10, 2, 4)), recorder);
  const std::vector<TraceRow>& rows = result.trace.rows;
  REQUIRE(rows.size() == 5);
  const std::uint64_t iterations[] = {0, 2, 4, 6, 7};
  const double losses[] = {0.5, 1.5, 3.5, 5.5, 7.0};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(rows[i].iteration == iterations[i]);
    CHECK(rows[i].epoch == iterations[i] / 3);
    CHECK(rows[i].train_loss == losses[i]);
    CHECK(rows[i].values_read == iterations[i] * 10 * 784);
    CHECK(std::isnan(rows[i].test_accuracy) == (i == 1 || i == 3));
  }
  CHECK(rows[4].test_accuracy == 0.5);
  CHECK(rows[4].model_bytes == 7 * 4 * result.x.size());
  CHECK(result.trace.status == RunStatus::finished);
  // Every image once in 3 batches of 10, in another order each epoch.
  std::vector<float> labels = data.data.train.labels;
  std::vector<float> seen;
  for (std::size_t b = 0; b < 3; ++b) {
    for (const std::int64_t label : recorder.batches[b]) seen.push_back(static_cast<float>(label));
  }
  std::sort(labels.begin(), labels.end());
  std::sort(seen.begin(), seen.end());
  CHECK(seen == labels);
  CHECK(recorder.batches[0] != recorder.batches[3]);
}

TEST_CASE("a batch may reach over the end of an epoch", "[deep]") {
  const PreparedData data = images(15, 0);
  Recorder recorder;
  train_network(data, spec(steps(3, 10, 1, 1)), recorder);
  std::vector<float> labels = data.data.train.labels, seen;
  for (const auto& batch : recorder.batches) {
    for (const std::int64_t label : batch) seen.push_back(static_cast<float>(label));
  }
  REQUIRE(seen.size() == 30);
  std::sort(labels.begin(), labels.end());
  std::sort(seen.begin(), seen.begin() + 15);
  CHECK(std::equal(labels.begin(), labels.end(), seen.begin()));
}

TEST_CASE("a loss that is not finite ends the run as diverged", "[deep]") {
  const PreparedData data = images(20, 4);
  Recorder recorder;
  recorder.fail_at = 3;
  const TrainingResult result = train_network(data, spec(steps(10, 5, 5, 5), kXnor5), recorder);
  CHECK(result.trace.status == RunStatus::diverged);
  CHECK(result.trace.rows.back().iteration == 3);
  CHECK(std::isinf(result.trace.rows.back().train_loss));
  // A rate so large that weights overflow, whose levels could not be found.
  Recorder wild;
  Given solver = steps(10, 5, 5, 5);
  solver.push_back({"rate", 1e3});
  solver.push_back({"bias_rate", 1e3});
  solver.push_back({"weight_decay", 1e3});
  CHECK(train_network(data, spec(solver, kXnor5), wild).trace.status == RunStatus::diverged);
}

TEST_CASE("equal specs give equal runs, another seed another one, and a stop is obeyed", "[deep]") {
  const PreparedData data = images(20, 4);
  Given stochastic = kXnor5;
  stochastic.back().second = std::string("stochastic");
  NetworkTrainingSpec chosen = spec(steps(4, 5, 2, 2), stochastic);
  Recorder first, second, third;
  const std::vector<float> x = train_network(data, chosen, first).x;
  CHECK(train_network(data, chosen, second).x == x);
  CHECK(first.asked[0] != first.asked[1]);
  chosen.seed = 2;
  CHECK(train_network(data, chosen, third).x != x);
  Recorder stopped;
  train_network(data, chosen, stopped, [](const TraceRow& row) { return row.iteration < 2; });
  CHECK(stopped.asked.size() == 2);
}

TEST_CASE("late iterations run at a tenth of the rate", "[deep]") {
  const PreparedData data = images(20, 0);
  Given solver = steps(1, 5, 1, 1);
  solver.push_back({"late_iterations", std::int64_t{1}});
  solver.push_back({"momentum", 0.0});
  solver.push_back({"weight_decay", 0.0});
  Recorder recorder;
  const TrainingResult result = train_network(data, spec(solver), recorder);
  REQUIRE(recorder.asked.size() == 2);
  const float first = recorder.asked[1][0] - recorder.asked[0][0],
              second = result.x[0] - recorder.asked[1][0];
  CHECK(static_cast<double>(second / first) == Approx(0.1).epsilon(0.01));
}

}  // namespace
}  // namespace zipml
