#include "engine/solve/local_sgd.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "engine/gradient/channel.h"
#include "engine/solve/epoch_plan.h"
#include "toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::quantized_channel;
using testing::toy_data;
using testing::toy_spec;

ComponentChoice replicas(std::int64_t count, std::int64_t average_every, const ComponentChoice& replica) {
  return choose(engines(), "local_sgd",
                {{"replicas", count},
                 {"average_every", average_every},
                 {"replica", std::make_shared<const ComponentChoice>(replica)}});
}

struct Toy {
  PreparedData data;
  std::unique_ptr<Loss> loss = losses()["least_squares"]({});
  std::unique_ptr<Regularizer> regularizer =
      regularizers()["l2"](choose(regularizers().family(), "l2", {{"weight", 1e-3}}).parameters);

  explicit Toy(std::size_t rows, std::size_t columns = 9) : data(toy_data(rows, columns)) {}
  Problem problem() const { return {data, *loss, *regularizer}; }
};

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

// Epochs of the definition, each replica by hand.
std::vector<float> train_by_definition(const Toy& toy, const TrainingSpec& spec,
                                       const ComponentChoice& replica, std::size_t count,
                                       std::size_t average_every) {
  const Split& train = toy.data.data.train;
  const auto engine = engine_registry()[replica.kind](replica.parameters, 1);
  const auto estimator = estimators()[spec.samples.kind](
      spec.samples.parameters, {train.features, train.labels, *toy.loss, spec.seed, 1, engine->layout()});
  const auto model_channel = channels()[spec.model_channel.kind](spec.model_channel.parameters);
  const auto gradient_channel = channels()[spec.gradient_channel.kind](spec.gradient_channel.parameters);
  const auto batch = static_cast<std::size_t>(spec.solver.parameters.integer("batch"));
  std::vector<std::uint32_t> order(train.features.rows());
  AlignedVector<float> x(train.features.stride(), 0.0f);
  for (std::uint32_t epoch = 1; epoch <= 2; ++epoch) {
    estimator->begin_epoch(epoch);
    order_rows("permutation", spec.seed, epoch, order);
    const std::size_t batches = (order.size() + batch - 1) / batch,
                      each = (average_every + batch - 1) / batch;
    for (std::size_t done = 0; done < batches; done += each * count) {
      const std::size_t round = std::min(each * count, batches - done);
      AlignedVector<float> mean(x.size(), 0.0f);
      const std::size_t round_rows =
          std::min((done + round) * batch, order.size()) - std::min(done * batch, order.size());
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t first = done + round * i / count, last = done + round * (i + 1) / count;
        const std::size_t rows = std::min(last * batch, order.size()) - first * batch;
        if (first == last) continue;
        AlignedVector<float> mine = x;
        engine->run_epoch(
            {*estimator, *toy.loss, train.labels, *model_channel, *gradient_channel, *toy.regularizer,
             std::span(order).subspan(first * batch, rows), batch, train.features.cols(),
             static_cast<float>(step_size("inverse_epoch", spec.alpha, epoch)), epoch, spec.seed, first},
            mine);
        const float share = static_cast<float>(rows) / static_cast<float>(round_rows);
        for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += share * mine[c];
      }
      x = mean;
    }
  }
  return {x.begin(), x.begin() + static_cast<std::ptrdiff_t>(train.features.cols())};
}

TEST_CASE("replicas are trained and averaged as defined, with any number of threads", "[local_sgd]") {
  const Toy toy(431);
  for (const char* kind : {"synchronous", "integer"}) {
    const ComponentChoice replica = choose(engines(), kind);
    for (const std::int64_t count : {1, 2, 3, 5}) {
      for (const std::int64_t average_every : {1, 30, 64, 1000}) {
        TrainingSpec spec = toy_spec(2, 8, 0.02);
        spec.samples = estimator_choice("double_sampling", {{"bits", std::int64_t{4}}});
        if (std::string(kind) == "synchronous") spec.model_channel = quantized_channel(6);
        spec.engine = replicas(count, average_every, replica);
        INFO(kind << ", " << count << " replicas, averaged every " << average_every << " rows");
        const std::vector<float> want = train_by_definition(
            toy, spec, replica, static_cast<std::size_t>(count), static_cast<std::size_t>(average_every));
        for (const int threads : {1, 2, 3, 8})
          REQUIRE(same_bits(train(toy.problem(), spec, threads).x, want));
      }
    }
  }
}

TEST_CASE("one replica trains like its engine alone; two do not", "[local_sgd]") {
  const Toy toy(300);
  for (const char* kind : {"synchronous", "integer"}) {
    TrainingSpec alone = toy_spec(3, 8, 0.02);
    alone.samples = estimator_choice("naive", {{"bits", std::int64_t{4}}});
    alone.engine = choose(engines(), kind);
    TrainingSpec local = alone;
    local.engine = replicas(1, 64, alone.engine);
    const std::vector<float> want = train(toy.problem(), alone, 1).x;
    CHECK(same_bits(train(toy.problem(), local, 2).x, want));
    local.engine = replicas(2, 64, alone.engine);
    CHECK_FALSE(same_bits(train(toy.problem(), local, 2).x, want));
  }
}

TEST_CASE("replicas end where one model does", "[local_sgd]") {
  const Toy toy(4000, 20);
  TrainingSpec spec = toy_spec(20, 16, 0.05);
  const double alone = train(toy.problem(), spec, 1).trace.rows.back().train_loss;
  spec.engine = replicas(2, 256, choose(engines(), "synchronous"));
  CHECK(train(toy.problem(), spec, 2).trace.rows.back().train_loss == Approx(alone).epsilon(0.01));
}

}  // namespace
}  // namespace zipml
