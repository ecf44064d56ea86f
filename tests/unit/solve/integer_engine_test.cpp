#include "engine/solve/integer_engine.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "engine/gradient/channel.h"
#include "engine/kernels/field_layout.h"
#include "engine/kernels/reference.h"
#include "engine/solve/epoch_plan.h"
#include "toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::Given;
using testing::quantized_channel;
using testing::toy_data;
using testing::toy_spec;

ComponentChoice integer_engine(std::int64_t model_bits = 16) {
  return choose(engines(), "integer", {{"model_bits", model_bits}});
}

// The engine's definition in plain loops over columns, one row at a time, with the codes unpacked.
class PlainEngine {
 public:
  PlainEngine(const Problem& problem, const TrainingSpec& spec)
      : problem_(problem),
        spec_(spec),
        split_(problem.data.data.train),
        estimator_(estimators()[spec.samples.kind](
            spec.samples.parameters,
            {split_.features, split_.labels, problem.loss, spec.seed, 1, RowLayout::compact})),
        samples_(*estimator_->samples()),
        bits_(static_cast<int>(std::bit_ceil(static_cast<unsigned>(samples_.packed().bits())))),
        layout_(split_.features.cols(), bits_, samples_.draws()),
        limbs_(static_cast<int>(spec.engine.parameters.integer("model_bits")) / 8),
        x_(layout_.cols) {}

  std::vector<float> train() {
    const Parameters& solver = spec_.solver.parameters;
    std::vector<std::uint32_t> order(split_.features.rows());
    for (std::uint32_t epoch = 1; epoch <= static_cast<std::uint32_t>(solver.integer("epochs")); ++epoch) {
      estimator_->begin_epoch(epoch);
      order_rows(solver.text("order"), spec_.seed, epoch, order);
      const auto gamma = static_cast<float>(step_size(solver.text("schedule"), spec_.alpha, epoch));
      const std::size_t batch = std::min(static_cast<std::size_t>(solver.integer("batch")), order.size());
      for (std::size_t first = 0, index = 0; first < order.size(); first += batch, ++index)
        step(std::span(order).subspan(first, std::min(batch, order.size() - first)), batch, index, epoch,
             gamma);
    }
    return x_;
  }

 private:
  using Doubles = std::vector<double>;

  float step_of(std::size_t c) const { return samples_.levels().column(c).step(); }
  float low_of(std::size_t c) const { return samples_.levels().column(c).low(); }

  std::vector<std::uint16_t> codes(std::uint32_t r, int draw) {
    std::vector<std::uint16_t> base(layout_.cols), out(layout_.cols);
    PackScratch scratch;
    samples_.packed().load_base(r, base.data(), scratch);
    samples_.packed().apply_choices(r, draw, base.data(), out.data(), scratch);
    return out;
  }

  // Integers that stand for step * x, in units of the value returned.
  double round_model(std::size_t index, std::uint32_t epoch, std::vector<std::int64_t>& model) {
    const double limit = limbs_ == 2 ? 32639 : 127;
    float largest = 0.0f;
    for (std::size_t c = 0; c < layout_.cols; ++c) largest = std::max(largest, std::abs(step_of(c) * x_[c]));
    const float inverse = largest > 0.0f ? static_cast<float>(limit) / largest : 0.0f;
    for (std::size_t c = 0; c < layout_.cols; ++c) {
      const float t =
          std::clamp(step_of(c) * x_[c] * inverse, static_cast<float>(-limit), static_cast<float>(limit));
      const std::size_t p = layout_.position(c);
      const std::uint32_t word = draw_bits({spec_.seed, Stream::model_rounding, epoch},
                                           index * (layout_.positions() / 2) + p / 2, 0);
      const std::uint32_t half = p % 2 == 0 ? word & 0xFFFF : word >> 16;
      const float share = t - std::floor(t);
      model.push_back(static_cast<std::int64_t>(std::floor(t)) +
                      ((half + 0.5) / 65536.0 < double{share} ? 1 : 0));
    }
    return double{largest} / limit;
  }

  float offset() const {
    std::vector<float> low(layout_.positions()), x(layout_.positions());
    for (std::size_t c = 0; c < layout_.cols; ++c) {
      low[layout_.position(c)] = low_of(c);
      x[layout_.position(c)] = x_[c];
    }
    return kernels::reference::dot(low.data(), x.data(), low.size());
  }

  // A group of rows: adds its rounded gradient to sum and total.
  void add_group(std::span<const std::uint32_t> rows, std::uint64_t group, std::uint32_t epoch,
                 bool first_of_part, const std::vector<std::int64_t>& model, double scale, double low,
                 std::vector<float>& sum, float& total) {
    const bool both = samples_.draws() == 2 && estimator_->symmetrized();
    const int sets = both ? 2 : 1;
    std::vector<std::vector<float>> residuals(static_cast<std::size_t>(sets));
    float most = 0.0f;
    for (int weighted = 0; weighted < sets; ++weighted) {
      for (const std::uint32_t r : rows) {
        // The draw that is weighted meets the residual of the other one, where there are two.
        const auto code = codes(r, samples_.draws() == 1 ? 0 : 1 - weighted);
        std::int64_t dot = 0;
        for (std::size_t c = 0; c < layout_.cols; ++c) dot += model[c] * code[c];
        const float residual = problem_.loss.derivative(
            static_cast<float>(scale * static_cast<double>(dot) + low), split_.labels[r]);
        residuals[static_cast<std::size_t>(weighted)].push_back(residual);
        most = std::max(most, std::abs(residual));
      }
    }
    const float inverse = most > 0.0f ? 127.0f / most : 0.0f;
    const float unit = most / 127.0f / static_cast<float>(sets);
    std::vector<std::int32_t> products(layout_.cols);
    std::int32_t weights = 0;
    for (int weighted = 0; weighted < sets; ++weighted) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const float t =
            std::clamp(residuals[static_cast<std::size_t>(weighted)][i] * inverse, -127.0f, 127.0f);
        const float u = draw_unit_float({spec_.seed, Stream::gradient_rounding, epoch}, group * 64 + i,
                                        static_cast<std::uint32_t>(weighted));
        const int weight = static_cast<int>(std::floor(t)) + (u < t - std::floor(t) ? 1 : 0);
        const auto code = codes(rows[i], weighted);
        for (std::size_t c = 0; c < layout_.cols; ++c) products[c] += weight * code[c];
        weights += weight;
      }
    }
    for (std::size_t c = 0; c < layout_.cols; ++c) {
      const float value = unit * static_cast<float>(products[c]);
      sum[c] = first_of_part ? value : sum[c] + value;
    }
    total += unit * static_cast<float>(weights);
  }

  void step(std::span<const std::uint32_t> rows, std::size_t batch, std::size_t index, std::uint32_t epoch,
            float gamma) {
    const std::size_t group = std::clamp<std::size_t>(16384 / layout_.row_bytes() / 4 * 4, 4, 64);
    const std::size_t groups = (rows.size() + group - 1) / group;
    const std::size_t groups_per_part = std::max((groups + 15) / 16, 64 / group);
    std::vector<std::int64_t> model;
    const double scale = round_model(index, epoch, model);
    const double low = double{offset()};
    std::vector<std::vector<float>> sums;
    std::vector<float> totals;
    for (std::size_t g = 0; g < groups;) {
      sums.emplace_back(layout_.cols);
      totals.push_back(0.0f);
      for (std::size_t k = 0; k < groups_per_part && g < groups; ++k, ++g) {
        const auto mine = rows.subspan(g * group, std::min(group, rows.size() - g * group));
        add_group(mine, index * (batch / group + 1) + g, epoch, k == 0, model, scale, low, sums.back(),
                  totals.back());
      }
    }
    for (std::size_t width = 1; width < sums.size(); width *= 2) {
      for (std::size_t part = 0; part + width < sums.size(); part += 2 * width) {
        for (std::size_t c = 0; c < layout_.cols; ++c) sums[part][c] += sums[part + width][c];
        totals[part] += totals[part + width];
      }
    }
    const float rate = gamma / static_cast<float>(rows.size());
    for (std::size_t c = 0; c < layout_.cols; ++c)
      x_[c] -= rate * (step_of(c) * sums[0][c] + low_of(c) * totals[0]);
    problem_.regularizer.prox(x_, gamma);
  }

  const Problem& problem_;
  const TrainingSpec& spec_;
  const Split& split_;
  std::unique_ptr<GradientEstimator> estimator_;
  const QuantizedSamples& samples_;
  int bits_;
  FieldLayout layout_;
  int limbs_;
  std::vector<float> x_;
};

struct Case {
  const char* samples;
  Given parameters;
  const char* model = "least_squares";
};

const std::vector<Case> kCases = {
    {"naive", {{"bits", std::int64_t{8}}}},
    {"naive", {{"bits", std::int64_t{1}}}, "logistic"},
    {"deterministic", {{"bits", std::int64_t{3}}}},
    {"deterministic", {{"bits", std::int64_t{2}}}, "hinge"},
    {"double_sampling", {{"bits", std::int64_t{4}}}},
    {"double_sampling", {{"bits", std::int64_t{4}}, {"symmetrized", false}}},
    {"double_sampling", {{"bits", std::int64_t{2}}, {"sampling", std::string("once")}}},
    {"double_sampling", {{"bits", std::int64_t{7}}}},
    {"double_sampling", {{"bits", std::int64_t{1}}}}};

TEST_CASE("the integer engine computes what its definition says, bit by bit", "[integer]") {
  for (const std::size_t columns : {4u, 130u, 700u}) {
    const PreparedData data = toy_data(450, columns);
    const auto regularizer =
        regularizers()["l1"]({choose(regularizers().family(), "l1", {{"weight", 1e-3}}).parameters});
    for (const Case& c : kCases) {
      const auto loss = losses()[c.model](choose(losses().family(), c.model).parameters);
      for (const std::int64_t model_bits : {8, 16}) {
        for (const int batch : {1, 3, 64, 449}) {
          if (batch < 64 && columns > 4) continue;  // slow, and nothing new
          TrainingSpec spec = toy_spec(2, batch, 0.01);
          spec.samples = estimator_choice(c.samples, c.parameters);
          spec.engine = integer_engine(model_bits);
          INFO(c.samples << ", " << columns << " columns, " << model_bits << " bits, batch " << batch);
          const Problem problem{data, *loss, *regularizer};
          const std::vector<float> want = PlainEngine(problem, spec).train();
          REQUIRE(std::any_of(want.begin(), want.end(), [](float v) { return v != 0.0f; }));
          for (const int threads : {1, 2, 3, 8}) {
            const std::vector<float> got = train(problem, spec, threads).x;
            REQUIRE(got.size() == want.size());
            REQUIRE(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("a last mini-batch may have more parts than the others", "[integer]") {
  // Rows of 1,280 bytes come in groups of 12: 1,200 rows make 15 parts of 7 groups, the last 950 make 16
  // of 5.
  const PreparedData data = toy_data(1200 + 950, 999);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  const Problem problem{data, *loss, *regularizer};
  TrainingSpec spec = toy_spec(1, 1200, 0.001);
  spec.samples = estimator_choice("double_sampling", {{"bits", std::int64_t{8}}});
  spec.engine = integer_engine();
  const std::vector<float> want = PlainEngine(problem, spec).train();
  for (const int threads : {1, 3, 16}) CHECK(train(problem, spec, threads).x == want);
}

TEST_CASE("the integer engine ends where the synchronous one does", "[integer]") {
  const PreparedData data = toy_data(2000, 20);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  TrainingSpec spec = toy_spec(20, 16, 0.05);
  const double full = train({data, *loss, *regularizer}, spec, 1).trace.rows.back().train_loss;
  spec.samples = estimator_choice("double_sampling", {{"bits", std::int64_t{8}}});
  spec.engine = integer_engine();
  CHECK(train({data, *loss, *regularizer}, spec, 2).trace.rows.back().train_loss ==
        Approx(full).epsilon(0.01));
}

TEST_CASE("a model that overflows in the integer engine ends the run as diverged", "[integer]") {
  const PreparedData data = toy_data(200, 5);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  TrainingSpec spec = toy_spec(2000, 1, 100.0, {{"schedule", std::string("constant")}});
  spec.samples = estimator_choice("naive", {{"bits", std::int64_t{4}}});
  spec.engine = integer_engine();
  const auto one = train({data, *loss, *regularizer}, spec, 1);
  CHECK(one.trace.status == RunStatus::diverged);
  CHECK(one.trace.rows.size() < 2000);
}

TEST_CASE("traces of the integer engine count the bytes it reads", "[integer]") {
  const PreparedData data = toy_data(100, 129);  // and the intercept: 130 columns
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  TrainingSpec spec = toy_spec(1, 50, 0.01);
  spec.samples = estimator_choice("double_sampling", {{"bits", std::int64_t{4}}});
  spec.engine = integer_engine();
  const TraceRow row = train({data, *loss, *regularizer}, spec, 1).trace.rows.back();
  CHECK(row.bytes_read == 100 * (2 * 64 + 2 * 64));  // two blocks of 128 codes and a line of each plane
  CHECK(row.model_bytes == 2 * (130 * 2 + 8));
  CHECK(row.gradient_bytes == 2 * 130 * 4);
}

}  // namespace
}  // namespace zipml
