#include "engine/solve/training.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "engine/solve/objective.h"
#include "toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::quantized_channel;
using testing::toy_data;
using testing::toy_spec;

const std::string kConstant = "constant";

struct Toy {
  PreparedData data;
  std::unique_ptr<Loss> loss;
  std::unique_ptr<Regularizer> regularizer;

  explicit Toy(PreparedData prepared, const char* model = "least_squares", ComponentChoice r = {"none", {}})
      : data(std::move(prepared)),
        loss(losses()[model]({})),
        regularizer(regularizers()[r.kind](r.parameters)) {}
  Problem problem() const { return {data, *loss, *regularizer}; }
};

bool same_result(const TrainingResult& a, const TrainingResult& b) {
  if (a.x.size() != b.x.size() || a.trace.rows.size() != b.trace.rows.size()) return false;
  for (std::size_t i = 0; i < a.trace.rows.size(); ++i) {
    if (std::memcmp(&a.trace.rows[i].train_loss, &b.trace.rows[i].train_loss, sizeof(double)) != 0)
      return false;
  }
  return std::memcmp(a.x.data(), b.x.data(), a.x.size() * sizeof(float)) == 0;
}

TEST_CASE("full-precision SGD comes close to the exact minimum", "[training]") {
  const Toy toy(toy_data(2000, 10));
  const double minimum = exact_least_squares_minimum(toy.data, 2);
  CHECK(minimum == Approx(0.5 * 0.01 * (1.0 - 11.0 / 2000.0)).epsilon(0.1));
  const auto result = train(toy.problem(), toy_spec(30, 16, 0.05), 1);
  REQUIRE(result.trace.status == RunStatus::finished);
  REQUIRE(result.trace.rows.size() == 31);
  CHECK(result.trace.rows.front().epoch == 0);
  CHECK(result.trace.rows.back().train_loss >= minimum * (1.0 - 1e-6));
  CHECK(result.trace.rows.back().train_loss < minimum * 1.01);
  CHECK(std::isnan(result.trace.rows.back().test_accuracy));
  CHECK(result.trace.rows.back().test_loss == Approx(0.005).epsilon(0.3));
}

TEST_CASE("one full-batch step is the gradient step written out", "[training]") {
  const Toy toy(toy_data(64, 3));
  const auto result = train(toy.problem(), toy_spec(1, 64, 0.1), 1);
  std::vector<double> want(4, 0.0);
  for (std::size_t r = 0; r < 64; ++r) {
    for (std::size_t c = 0; c < 4; ++c) {
      want[c] += 0.1 *
                 static_cast<double>(toy.data.data.train.labels[r] * toy.data.data.train.features(r, c)) /
                 64.0;
    }
  }
  for (std::size_t c = 0; c < 4; ++c)
    CHECK(static_cast<double>(result.x[c]) == Approx(want[c]).epsilon(1e-4));
}

TEST_CASE("step schedules divide alpha by the epoch, its root, or nothing", "[training]") {
  // With labels 0 and one column of ones, a full-batch step multiplies x - b by 1 - gamma.
  PreparedData data = toy_data(16, 0);
  for (float& label : data.data.train.labels) label = 1.0f;
  const Toy toy(std::move(data));
  for (const auto& [schedule, factor] : std::vector<std::pair<std::string, double>>{
           {"inverse_epoch", 0.5}, {"inverse_sqrt", 1.0 / std::sqrt(2.0)}, {"constant", 1.0}}) {
    const auto result = train(toy.problem(), toy_spec(2, 16, 0.5, {{"schedule", schedule}}), 1);
    CHECK(static_cast<double>(result.x[0]) == Approx(1.0 - 0.5 * (1.0 - 0.5 * factor)).epsilon(1e-6));
  }
}

TEST_CASE("results have the same bits for 1, 2, 3 and 8 threads", "[training]") {
  const Toy toy(toy_data(1000, 300));
  for (const char* kind : {"full", "naive", "deterministic", "double_sampling"}) {
    TrainingSpec spec = toy_spec(2, 250, 0.01);
    if (std::string(kind) != "full") {
      spec.samples = estimator_choice(kind, {{"bits", std::int64_t{3}}});
      spec.model_channel = spec.gradient_channel = quantized_channel(8);
    }
    const auto one = train(toy.problem(), spec, 1);
    for (const int threads : {2, 3, 8}) REQUIRE(same_result(one, train(toy.problem(), spec, threads)));
  }
}

TEST_CASE("seeds change the run, the same seed repeats it", "[training]") {
  const Toy toy(toy_data(200, 5));
  TrainingSpec spec = toy_spec(3, 7, 0.05);
  spec.samples = estimator_choice("double_sampling", {{"bits", std::int64_t{3}}});
  const auto first = train(toy.problem(), spec, 1);
  CHECK(same_result(first, train(toy.problem(), spec, 1)));
  spec.seed = 2;
  CHECK_FALSE(same_result(first, train(toy.problem(), spec, 1)));
}

TEST_CASE("a loss that overflows ends the run as diverged and keeps the trace", "[training]") {
  const Toy toy(toy_data(200, 5));
  TrainingSpec spec = toy_spec(1000, 1, 100.0, {{"schedule", kConstant}});
  for (const char* kind : {"full", "double_sampling"}) {
    if (std::string(kind) != "full") {
      spec.samples = estimator_choice(kind, {{"bits", std::int64_t{3}}});
      spec.model_channel = spec.gradient_channel = quantized_channel(4);
    }
    const auto result = train(toy.problem(), spec, 1);
    CHECK(result.trace.status == RunStatus::diverged);
    CHECK(result.trace.rows.size() >= 2);
    CHECK(result.trace.rows.size() < 1000);
    CHECK(std::isinf(result.trace.rows.back().train_loss));
  }
}

TEST_CASE("bytes and values read are what the bits say", "[training]") {
  const Toy toy(toy_data(1000, 999));
  TrainingSpec spec = toy_spec(2, 100, 1e-5);
  const auto full = train(toy.problem(), spec, 2).trace.rows.back();
  CHECK(full.values_read == 2u * 1000u * 1000u);
  CHECK(full.bytes_read == 2u * 1000u * 1000u * 4u);
  CHECK(full.model_bytes == 2u * 10u * 4000u);
  spec.samples = estimator_choice("double_sampling", {{"bits", std::int64_t{4}}});
  spec.model_channel = quantized_channel(8);
  const auto low = train(toy.problem(), spec, 2).trace.rows.back();
  CHECK(static_cast<double>(low.bytes_read) == Approx(2e6 * 6.0 / 8.0).epsilon(0.02));
  CHECK(low.model_bytes == 2u * 10u * 1004u);
  CHECK(low.gradient_bytes == full.gradient_bytes);
}

TEST_CASE("non-linear estimators train, with the same bits for any number of threads", "[training]") {
  const auto bits = [](int b) { return std::pair<std::string, ParameterValue>{"bits", std::int64_t{b}}; };
  const ComponentChoice choices[] = {
      estimator_choice("full"), estimator_choice("refetch_l1", {bits(5)}),
      estimator_choice("chebyshev", {bits(6), {"degree", std::int64_t{7}}}),
      estimator_choice("refetch_l2", {bits(6), {"degree", std::int64_t{7}}, {"sketch", std::int64_t{512}}})};
  for (const char* model : {"hinge", "logistic", "squared_hinge"}) {
    const Toy toy(toy_data(600, 20, 0.1, Task::classification), model,
                  {"ball", choose(regularizers().family(), "ball", {{"radius", 5.0}}).parameters});
    for (const ComponentChoice& choice : choices) {
      if (!estimator_objection(choice.kind, *toy.loss).empty()) continue;
      TrainingSpec spec = toy_spec(6, 48, 0.1);
      spec.samples = choice;
      INFO(model << " " << choice.kind);
      const TrainingResult one = train(toy.problem(), spec, 1);
      CHECK(same_result(one, train(toy.problem(), spec, 4)));
      CHECK(one.trace.rows.back().test_accuracy > 0.9);
      CHECK(one.trace.rows.back().train_loss < 0.7 * one.trace.rows.front().train_loss);
    }
  }
}

TEST_CASE("bytes read include the rows that were read again", "[training]") {
  const Toy toy(toy_data(1000, 99, 0.1, Task::classification), "hinge");
  TrainingSpec spec = toy_spec(3, 10, 0.1);
  spec.samples = estimator_choice("refetch_l1", {{"bits", std::int64_t{4}}});
  const Trace trace = train(toy.problem(), spec, 2).trace;
  double again = 0.0;
  for (std::size_t e = 1; e < trace.rows.size(); ++e) {
    CHECK(trace.rows[e].share_refetched > 0.0);
    again += 1000.0 * trace.rows[e].share_refetched * 400.0;
    CHECK(static_cast<double>(trace.rows[e].bytes_read) ==
          Approx(static_cast<double>(e) * 1000.0 * 50.0 + again).epsilon(0.001));
  }
}

TEST_CASE("order: a permutation visits every row once, replacement does not", "[training]") {
  // One column of ones, one row a batch, constant step: with labels r the model remembers the rows' order.
  PreparedData data = toy_data(50, 0);
  for (std::size_t r = 0; r < 50; ++r) data.data.train.labels[r] = static_cast<float>(r);
  const Toy toy(std::move(data));
  const auto permuted = train(toy.problem(), toy_spec(1, 50, 1.0), 1);
  CHECK(permuted.x[0] == Approx(24.5f));
  const auto replaced =
      train(toy.problem(), toy_spec(1, 50, 1.0, {{"order", std::string("with_replacement")}}), 1);
  CHECK(replaced.x[0] != Approx(24.5f).epsilon(1e-6));
}

TEST_CASE("hogwild reaches the same loss and is marked as not reproducible", "[training]") {
  const Toy toy(toy_data(2000, 10));
  TrainingSpec spec = toy_spec(20, 16, 0.05);
  CHECK(is_reproducible(spec));
  const double synchronous = train(toy.problem(), spec, 1).trace.rows.back().train_loss;
  spec.engine = choose(engines(), "hogwild", {{"threads", std::int64_t{2}}});
  CHECK_FALSE(is_reproducible(spec));
  CHECK(train(toy.problem(), spec, 1).trace.rows.back().train_loss == Approx(synchronous).epsilon(0.05));
}

TEST_CASE("tuning picks the best of its grid and survives divergence", "[training]") {
  const Toy toy(toy_data(500, 5));
  TrainingSpec spec = toy_spec(5, 10, 0.0, {{"tune_grid", std::vector<double>{1e4, 1e-6, 0.05}}});
  spec.samples = estimator_choice("naive", {{"bits", std::int64_t{1}}});
  const Tuning tuning = tune_alpha(toy.problem(), spec, 1).value();
  CHECK_FALSE(tune_alpha(toy.problem(), spec, 1, [] { return true; }));
  CHECK(tuning.alphas == std::vector<double>{1e-6, 0.05, 1e4});
  CHECK(tuning.best == 0.05);
  CHECK(tuning.final_losses[0] > tuning.final_losses[1]);
  CHECK(std::isnan(tuning.final_losses[2]));
  TrainingSpec full = toy_spec(5, 10, 0.05);
  CHECK(tuning.final_losses[1] == train(toy.problem(), full, 1).trace.rows.back().train_loss);
  spec.solver =
      choose(solvers(), "sgd", {{"epochs", std::int64_t{20}}, {"tune_grid", std::vector<double>{1e5}}});
  CHECK_THROWS_AS(tune_alpha(toy.problem(), spec, 1), std::runtime_error);
}

TEST_CASE("the callback sees every epoch and can stop the run", "[training]") {
  const Toy toy(toy_data(50, 2));
  int calls = 0;
  const auto result = train(toy.problem(), toy_spec(10, 5, 0.01), 1,
                            [&](const TraceRow& row) { return ++calls, row.epoch < 3; });
  CHECK(calls == 3);
  CHECK(result.trace.rows.size() == 4);
}

TEST_CASE("LS-SVM is least squares on the labels, with accuracy", "[training]") {
  const Toy svm(toy_data(500, 5, 0.1, Task::classification), "ls_svm",
                choose(regularizers().family(), "l2", {{"weight", 0.01}}));
  const auto row = train(svm.problem(), toy_spec(10, 10, 0.05), 1).trace.rows.back();
  CHECK(row.test_accuracy > 0.9);
  CHECK(row.train_loss >= exact_least_squares_minimum(svm.data, 1));
}

TEST_CASE("the exact minimum leaves dependent columns out", "[exact]") {
  PreparedData data = toy_data(300, 4);
  const double before = exact_least_squares_minimum(data, 1);
  PreparedData twice = toy_data(300, 4);
  Matrix wide(300, 6);
  for (std::size_t r = 0; r < 300; ++r) {
    for (std::size_t c = 0; c < 5; ++c) wide(r, c) = twice.data.train.features(r, c);
    wide(r, 5) = 2.0f * wide(r, 0);
  }
  twice.data.train.features = wide;
  CHECK(exact_least_squares_minimum(twice, 3) == Approx(before).epsilon(1e-9));
  twice.data.train.features = Matrix(1, kMaxExactColumns + 1);
  twice.data.train.labels.resize(1);
  CHECK(std::isnan(exact_least_squares_minimum(twice, 1)));
}

TEST_CASE("evaluation is the same for any number of threads and empty splits have none", "[objective]") {
  const Toy toy(toy_data(3000, 7));
  const std::vector<double> x(8, 0.25);
  const auto one = evaluate(toy.data.data.train, *toy.loss, x, 1);
  for (const int threads : {2, 3, 8})
    CHECK(evaluate(toy.data.data.train, *toy.loss, x, threads).loss == one.loss);
  CHECK(std::isnan(evaluate(Split{}, *toy.loss, x, 1).loss));
}

}  // namespace
}  // namespace zipml
