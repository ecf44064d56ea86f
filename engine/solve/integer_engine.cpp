#include "engine/solve/integer_engine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/kernels/field_kernels.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/rows_ahead.h"
#include "engine/solve/part_sums.h"

namespace zipml {
namespace {

// Rows whose dots are followed by their gradient while they are still in the nearest cache.
constexpr std::size_t kGroupBytes = 16384, kLeastGroup = 4, kMostGroup = 64;
// Sums of a mini-batch that are kept apart until it is done: what the threads share out.
constexpr std::size_t kMostParts = 16, kLeastRowsPerPart = 64;

// What all mini-batches of a run have in common.
struct Plan {
  FieldLayout layout;
  std::size_t group = 0, rows_ahead = 0;
  bool both = false;  // draws are used in both orders
  int limbs = 2;
  std::vector<std::uint32_t> position;  // of every column
  AlignedVector<float> step, low;       // at every position; 0 in the padding

  Plan(const QuantizedSamples& samples, bool symmetrized, int model_limbs)
      : layout(samples.packed().fields()->layout()),
        group(std::clamp(kGroupBytes / layout.row_bytes() / 4 * 4, kLeastGroup, kMostGroup)),
        rows_ahead(kernels::rows_ahead(layout.row_bytes())),
        both(samples.draws() == 2 && symmetrized),
        limbs(model_limbs),
        step(layout.positions()),
        low(layout.positions()) {
    for (std::size_t c = 0; c < layout.cols; ++c) {
      const LevelSet& levels = samples.levels().column(c);
      position.push_back(static_cast<std::uint32_t>(layout.position(c)));
      step[position[c]] = levels.step();
      low[position[c]] = levels.low();
    }
  }

  std::size_t positions() const { return step.size(); }
  kernels::FieldDraws dot_draws() const {
    if (both) return kernels::FieldDraws::both;
    return layout.draws == 2 ? kernels::FieldDraws::second : kernels::FieldDraws::first;
  }
  kernels::FieldDraws gradient_draws() const {
    return both ? kernels::FieldDraws::both : kernels::FieldDraws::first;
  }
};

// How the rows of a mini-batch are shared out: parts of whole groups, the same whatever the threads.
struct Parts {
  std::size_t rows, rows_per_part, count;

  Parts(std::size_t batch_rows, std::size_t group) : rows(batch_rows) {
    const std::size_t groups = (rows + group - 1) / group;
    const std::size_t groups_per_part =
        std::max((groups + kMostParts - 1) / kMostParts, kLeastRowsPerPart / group);
    rows_per_part = groups_per_part * group;
    count = (rows + rows_per_part - 1) / rows_per_part;
  }
};

// What the threads leave for each other: sums of rounded residuals times codes and, behind them, of rounded
// residuals. Mini-batches take turns, so that one meeting a batch is enough.
using Shared = std::array<PartSums, 2>;

// One thread. Every one updates a model of its own, to the same bits: that takes less time than sending it.
class alignas(kThreadsApart) Worker {
 public:
  void begin(const Plan& plan, const EpochInput& input, std::span<const float> x) {
    words_of_model_.resize(plan.positions() / 2);
    random_.resize(plan.positions());
    model_.assign(plan.positions(), 0.0f);
    for (std::size_t c = 0; c < plan.layout.cols; ++c) model_[plan.position[c]] = x[c];
    scaled_.resize(plan.positions());
    rounded_.resize(plan.positions() * static_cast<std::size_t>(plan.limbs));
    plan_ = &plan;
    input_ = &input;
    store_ = input.estimator.samples()->packed().fields();
  }

  void write_model(std::span<float> x) const {
    for (std::size_t c = 0; c < plan_->layout.cols; ++c) x[c] = model_[plan_->position[c]];
  }

  void run(Team& team, int index, Shared& shared) {
    const std::size_t rows = input_->order.size();
    std::size_t batch = 0;
    for (std::size_t first = 0; first < rows; first += input_->batch, ++batch) {
      const Parts parts(std::min(input_->batch, rows - first), plan_->group);
      PartSums& sums = shared[batch % 2];
      const auto [begin, end] = team.part(index, parts.count);
      mine_ = {begin * parts.rows_per_part, std::min(end * parts.rows_per_part, parts.rows)};
      const std::size_t number = input_->first_batch + batch;
      round_model(number);
      for (std::size_t part = begin; part < end; ++part)
        sum_part(number, first, parts, part, sums.part(part));
      sums.fold(parts.count, begin, end);
      team.meet();
      update(parts.rows, sums.root(team, parts.count, root_scratch_));
    }
  }

 private:
  // Two positions share a random word. Every thread draws all of them: sending them would take longer.
  void round_model(std::size_t batch) {
    const std::size_t n = plan_->positions();
    kernels::random_bits({input_->seed, Stream::model_rounding, input_->epoch}, 0,
                         std::uint64_t{batch} * (n / 2), words_of_model_.data(), n / 2);
    std::memcpy(random_.data(), words_of_model_.data(), n * sizeof(std::uint16_t));
    kernels::multiply(plan_->step.data(), model_.data(), scaled_.data(), n);
    const float largest = kernels::largest_magnitude(scaled_.data(), n);
    const auto limit = static_cast<float>(kernels::largest_model_value(plan_->limbs));
    // Scores of a model that has overflowed are not numbers, and its loss must say so.
    scale_ = double{largest} / double{limit} * (std::isfinite(largest) ? 1.0 : NAN);
    const float inverse = largest > 0.0f && std::isfinite(largest) ? limit / largest : 0.0f;
    kernels::quantize_model(scaled_.data(), random_.data(), n, inverse, plan_->limbs, rounded_.data());
    offset_ = double{kernels::dot(plan_->low.data(), model_.data(), n)};
  }

  void sum_part(std::size_t batch, std::size_t first, const Parts& parts, std::size_t part, float* sums) {
    float& total = sums[plan_->positions()];
    total = 0.0f;
    const std::size_t begin = part * parts.rows_per_part,
                      end = std::min(begin + parts.rows_per_part, parts.rows);
    for (std::size_t at = begin; at < end; at += plan_->group) {
      const std::size_t count = std::min(plan_->group, end - at);
      const std::size_t group = batch * (input_->batch / plan_->group + 1) + at / plan_->group;
      gather(first, at, count);
      const kernels::FieldRows rows{rows_.data(), ahead_.data(), count};
      kernels::field_dots(plan_->layout, rows, plan_->dot_draws(), rounded_.data(), plan_->limbs,
                          dots_.data());
      const float scale = round_residuals(count, group);
      kernels::field_gradient(plan_->layout, rows, plan_->gradient_draws(), weights_.data(), scale,
                              at != begin, sums);
      std::int32_t weights = 0;
      for (const std::int8_t weight : weights_) weights += weight;
      total += scale * static_cast<float>(weights);
    }
  }

  // The rows of a group, their labels, and the rows that this thread reads somewhat later: those of its share
  // of this mini-batch, then those of its share of the next.
  void gather(std::size_t first, std::size_t at, std::size_t count) {
    const auto& order = input_->order;
    const auto [begin, end] = mine_;
    std::size_t batch = first, later = at + plan_->rows_ahead;
    for (std::size_t i = 0; i < count; ++i, ++later) {
      const std::uint32_t r = order[first + at + i];
      rows_[i] = store_->row(r);
      labels_[i] = input_->labels[r];
      for (; later >= end && batch < order.size(); batch += input_->batch) later -= end - begin;
      ahead_[i] = store_->row(order[std::min(batch + later, order.size() - 1)]);
    }
  }

  // From dots_ to weights_, those of the first draw before those of the second; returns their unit. A draw is
  // weighted by the residual that the other one gives.
  float round_residuals(std::size_t count, std::size_t group) {
    const std::size_t padded = round_up(count, 4), sets = plan_->both ? 2 : 1;
    weights_.fill(0);
    std::array<float, 2> largest{};
    for (std::size_t s = 0; s < sets; ++s) {
      for (std::size_t i = 0; i < count; ++i)
        scores_[i] = static_cast<float>(scale_ * dots_[s * count + i] + offset_);
      input_->loss.derivatives(scores_.data(), labels_.data(), count, residuals_[s].data());
      largest[s] = kernels::largest_magnitude(residuals_[s].data(), count);
    }
    const float most = kernels::largest_magnitude(largest.data(), sets);
    if (!std::isfinite(most)) return NAN;
    const float inverse = most > 0.0f ? 127.0f / most : 0.0f;
    for (std::size_t s = 0; s < sets; ++s) {
      const std::size_t weighted = sets - 1 - s;
      kernels::random_bits({input_->seed, Stream::gradient_rounding, input_->epoch},
                           static_cast<std::uint32_t>(weighted), std::uint64_t{group} * kMostGroup,
                           words_.data(), round_up(count, 16));
      kernels::round_weights(residuals_[s].data(), words_.data(), count, inverse, bytes_.data());
      std::copy_n(bytes_.begin(), count, weights_.begin() + static_cast<std::ptrdiff_t>(weighted * padded));
    }
    return most / 127.0f / static_cast<float>(sets);
  }

  void update(std::size_t rows, const PartSums::Root& gradient) {
    const std::size_t n = plan_->positions();
    float total = gradient.summands[0][n];
    if (gradient.count == 2) total += gradient.summands[1][n];
    kernels::apply_gradient(gradient.summands.data(), gradient.count, plan_->step.data(), plan_->low.data(),
                            total, input_->gamma / static_cast<float>(rows), model_.data(), n);
    input_->regularizer.prox(model_, input_->gamma);
  }

  const Plan* plan_ = nullptr;
  const EpochInput* input_ = nullptr;
  const FieldMatrix* store_ = nullptr;
  AlignedVector<float> model_, scaled_;
  AlignedVector<std::int8_t> rounded_;
  AlignedVector<std::uint32_t> words_of_model_;
  AlignedVector<std::uint16_t> random_;
  PartSums::Scratch root_scratch_;
  double scale_ = 0.0, offset_ = 0.0;
  std::pair<std::size_t, std::size_t> mine_;  // rows of a mini-batch, counted from its first
  std::array<const std::uint8_t*, kMostGroup> rows_{}, ahead_{};
  std::array<float, kMostGroup> labels_{}, scores_{};
  std::array<double, 2 * kMostGroup> dots_{};
  std::array<std::array<float, kMostGroup>, 2> residuals_{};
  std::array<std::uint32_t, kMostGroup> words_{};
  std::array<std::int8_t, kMostGroup> bytes_{};
  std::array<std::int8_t, 2 * kMostGroup> weights_{};
};

class IntegerEngine final : public Engine {
 public:
  IntegerEngine(int limbs, int threads) : limbs_(limbs), threads_(threads) {}

  bool is_reproducible() const override { return true; }
  RowLayout layout() const override { return RowLayout::fields; }
  std::uint64_t model_bytes(const Channel&, std::size_t n) const override {
    return n * static_cast<std::size_t>(limbs_) + 2 * sizeof(float);
  }

  void run_epoch(const EpochInput& input, std::span<float> x) override {
    const QuantizedSamples* samples = input.estimator.samples();
    if (samples == nullptr || samples->packed().fields() == nullptr)
      throw std::logic_error("the integer engine needs samples stored as fields");
    if (input.columns > kernels::kMostFieldColumns) {
      throw InputError("/engine: the engine \"integer\" multiplies at most " +
                       std::to_string(kernels::kMostFieldColumns) + " columns, found " +
                       std::to_string(input.columns) + "; allowed: \"synchronous\"");
    }
    const Plan plan(*samples, input.estimator.symmetrized(), limbs_);
    const Parts parts(std::min(input.batch, input.order.size()), plan.group);
    // The last mini-batch, though shorter, can have more parts: parts are of whole groups.
    for (PartSums& sums : shared_) sums.fit(kMostParts, plan.positions() + kRowAlignment);
    const int threads = std::min(threads_, static_cast<int>(parts.count));
    workers_.resize(static_cast<std::size_t>(threads));
    parallel_team(threads, [&](Team& team, int index) {
      Worker& worker = workers_[static_cast<std::size_t>(index)];
      worker.begin(plan, input, x);
      worker.run(team, index, shared_);
    });
    workers_[0].write_model(x);
  }

 private:
  int limbs_, threads_;
  Shared shared_;
  std::vector<Worker> workers_;
};

}  // namespace

std::unique_ptr<Engine> make_integer(const Parameters& parameters, int threads) {
  return std::make_unique<IntegerEngine>(static_cast<int>(parameters.integer("model_bits")) / 8, threads);
}

ComponentInfo integer_info() {
  return {"integer",
          "synchronous mini-batches in integer arithmetic on quantized samples, model and residuals; same "
          "bits for any number of threads",
          {{.key = "model_bits",
            .type = ParameterType::integer,
            .doc = "bits of a model value as gradients read it: 8 or 16, rounded anew every mini-batch",
            .fallback = std::int64_t{16},
            .min = 8,
            .max = 16}}};
}

}  // namespace zipml
