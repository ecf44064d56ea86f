#include "engine/solve/fixed_point_engine.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "engine/core/error.h"
#include "engine/solve/epoch_plan.h"
#include "toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::Given;
using testing::toy_data;
using testing::toy_spec;

ComponentChoice fixed_point(double range) {
  return choose(engines(), "fixed_point", {{"model_range", range}});
}

Given with_shared_levels(Given given) {
  given.push_back({"columns_per_group", std::string("all")});
  return given;
}

// The engine's definition in plain loops, one row after another, until a weight gets to the end of the range.
class PlainEngine {
 public:
  PlainEngine(const Problem& problem, const TrainingSpec& spec, double range)
      : problem_(problem),
        spec_(spec),
        split_(problem.data.data.train),
        estimator_(estimators()[spec.samples.kind](
            spec.samples.parameters,
            {split_.features, split_.labels, problem.loss, spec.seed, 1, RowLayout::compact})),
        samples_(*estimator_->samples()),
        unit_(range / 32768.0),
        model_(split_.features.cols(), 0) {}

  std::vector<float> train() {
    const Parameters& solver = spec_.solver.parameters;
    std::vector<std::uint32_t> order(split_.features.rows());
    const auto batch = static_cast<std::size_t>(solver.integer("batch"));
    for (std::uint32_t epoch = 1; epoch <= static_cast<std::uint32_t>(solver.integer("epochs")); ++epoch) {
      estimator_->begin_epoch(epoch);
      order_rows(solver.text("order"), spec_.seed, epoch, order);
      const auto gamma = static_cast<float>(step_size(solver.text("schedule"), spec_.alpha, epoch));
      for (std::size_t first = 0; first < order.size(); first += batch)
        step(order, first, std::min(batch, order.size() - first), gamma, epoch);
    }
    std::vector<float> x;
    for (const int weight : model_) x.push_back(static_cast<float>(unit_ * weight));
    return x;
  }

  bool reached_end() const { return reached_end_; }

 private:
  std::vector<int> integers(std::uint32_t r, int draw) const {
    std::vector<std::uint16_t> base(model_.size()), codes(model_.size());
    PackScratch scratch;
    samples_.packed().load_base(r, base.data(), scratch);
    samples_.packed().apply_choices(r, draw, base.data(), codes.data(), scratch);
    std::vector<int> values;
    for (const std::uint16_t code : codes) values.push_back(2 * code - (samples_.levels().count() - 1));
    return values;
  }

  void step(std::span<const std::uint32_t> order, std::size_t first, std::size_t rows, float gamma,
            std::uint32_t epoch) {
    const double half = 0.5 * double{samples_.levels().column(0).step()};
    const auto most = static_cast<float>(32767 / (samples_.levels().count() - 1) - 1);
    std::vector<int> factors;
    for (std::size_t i = first; i < first + rows; ++i) {
      const std::vector<int> values = integers(order[i], samples_.draws() - 1);
      std::int64_t sum = 0;
      for (std::size_t c = 0; c < values.size(); ++c) sum += std::int64_t{model_[c]} * values[c];
      const float residual = problem_.loss.derivative(
          static_cast<float>(unit_ * half) * static_cast<float>(sum), split_.labels[order[i]]);
      const auto scale = static_cast<float>(double{gamma} * half / unit_ / static_cast<double>(rows));
      const float t = std::clamp(scale * residual, -most, most);
      const float u = draw_unit_float({spec_.seed, Stream::gradient_rounding, epoch}, i, 0);
      factors.push_back(static_cast<int>(std::nearbyint(t + (u - 0.5f))));
    }
    for (std::size_t k = 0; k < rows; ++k) {
      const std::vector<int> values = integers(order[first + k], 0);
      for (std::size_t c = 0; c < values.size(); ++c) {
        model_[c] = std::clamp(model_[c] - factors[k] * values[c], -32768, 32767);
        reached_end_ = reached_end_ || std::abs(model_[c]) >= 32767;
      }
    }
  }

  const Problem& problem_;
  const TrainingSpec& spec_;
  const Split& split_;
  std::unique_ptr<GradientEstimator> estimator_;
  const QuantizedSamples& samples_;
  double unit_;
  std::vector<int> model_;
  bool reached_end_ = false;
};

const std::vector<std::pair<const char*, Given>> kSamples = {
    {"naive", {{"bits", std::int64_t{4}}}},
    {"naive", {{"bits", std::int64_t{1}}}},
    {"deterministic", {{"bits", std::int64_t{3}}}},
    {"deterministic", {{"bits", std::int64_t{2}}}},
    {"double_sampling", {{"bits", std::int64_t{4}}, {"symmetrized", false}}},
    {"double_sampling",
     {{"bits", std::int64_t{2}}, {"symmetrized", false}, {"sampling", std::string("once")}}},
    {"double_sampling", {{"bits", std::int64_t{1}}, {"symmetrized", false}}}};

TEST_CASE("the fixed-point engine computes what its definition says, bit by bit", "[fixed_point]") {
  const auto regularizer = regularizers()["none"]({});
  for (const std::size_t columns : {4u, 89u, 130u, 600u}) {
    const PreparedData data = toy_data(150, columns);
    for (const char* model : {"least_squares", "hinge"}) {
      const auto loss = losses()[model](choose(losses().family(), model).parameters);
      const Problem problem{data, *loss, *regularizer};
      for (const auto& [kind, given] : kSamples) {
        for (const int batch : {1, 2, 64}) {
          if (batch == 2 && columns > 4) continue;
          TrainingSpec spec = toy_spec(2, batch, 0.1 / static_cast<double>(columns + 20));
          spec.samples = estimator_choice(kind, with_shared_levels(given));
          spec.engine = fixed_point(8.0);
          INFO(model << ", " << kind << ", " << columns << " columns, batch " << batch);
          PlainEngine plain(problem, spec, 8.0);
          const std::vector<float> want = plain.train();
          REQUIRE_FALSE(plain.reached_end());
          REQUIRE(std::any_of(want.begin(), want.end(), [](float v) { return v != 0.0f; }));
          for (const int threads : {1, 3}) {
            const std::vector<float> got = train(problem, spec, threads).x;
            REQUIRE(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("weights may get near the end of the range, and no further", "[fixed_point]") {
  // Rows are read four together where no weight can get there, and else one by one.
  const PreparedData data = toy_data(400, 20);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  const Problem problem{data, *loss, *regularizer};
  int refused = 0, kept = 0;
  for (double range = 0.8; range < 2.0; range += 0.02) {
    TrainingSpec spec = toy_spec(1, 1, 0.05);
    spec.samples = estimator_choice("naive", with_shared_levels({{"bits", std::int64_t{4}}}));
    spec.engine = fixed_point(range);
    PlainEngine plain(problem, spec, range);
    const std::vector<float> want = plain.train();
    if (plain.reached_end()) {
      ++refused;
      CHECK_THROWS_AS(train(problem, spec, 1), InputError);
    } else {
      ++kept;
      CHECK(train(problem, spec, 1).x == want);
    }
  }
  CHECK(refused > 0);
  CHECK(kept > 0);
}

TEST_CASE("the fixed-point engine ends where the synchronous one does", "[fixed_point]") {
  const PreparedData data = toy_data(2000, 20);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  TrainingSpec spec = toy_spec(10, 1, 0.01);
  spec.samples = estimator_choice("double_sampling",
                                  with_shared_levels({{"bits", std::int64_t{4}}, {"symmetrized", false}}));
  const double decoded = train({data, *loss, *regularizer}, spec, 1).trace.rows.back().train_loss;
  spec.engine = fixed_point(1.5);
  CHECK(train({data, *loss, *regularizer}, spec, 1).trace.rows.back().train_loss ==
        Approx(decoded).epsilon(0.05));
}

TEST_CASE("a range that is too small and a step that is too long end the run", "[fixed_point]") {
  const PreparedData data = toy_data(300, 5);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  TrainingSpec spec = toy_spec(3, 1, 0.05);
  spec.samples = estimator_choice("naive", with_shared_levels({{"bits", std::int64_t{4}}}));
  spec.engine = fixed_point(0.01);
  CHECK_THROWS_WITH(train({data, *loss, *regularizer}, spec, 1),
                    Catch::Contains("/engine/model_range") && Catch::Contains("0.01"));
}

}  // namespace
}  // namespace zipml
