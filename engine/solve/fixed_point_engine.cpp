#include "engine/solve/fixed_point_engine.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

#include "engine/core/error.h"
#include "engine/core/matrix.h"
#include "engine/kernels/fixed_point.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/rows_ahead.h"

namespace zipml {
namespace {

using kernels::FixedPointProducts;
using kernels::FixedPointRows;
using kernels::FixedPointShape;

constexpr std::int32_t kMost = 32767;
// Columns from which on reading four rows together costs more than it saves.
constexpr std::size_t kColumnsForTwo = 512;
constexpr std::size_t kWords = 256;  // random words made at a time

class FixedPoint final : public Engine {
 public:
  explicit FixedPoint(double range) : range_(range), unit_(range / 32768.0) {}

  bool is_reproducible() const override { return true; }
  RowLayout layout() const override { return RowLayout::lanes; }
  std::uint64_t model_bytes(const Channel&, std::size_t n) const override { return n * sizeof(std::int16_t); }

  void run_epoch(const EpochInput& input, std::span<float> x) override {
    begin(input, x);
    if (input.batch == 1) {
      const std::size_t together = input.columns < kColumnsForTwo ? 4 : 2;
      std::size_t i = 0;
      for (; i + together <= input.order.size(); i += together) descend(i, together);
      for (; i < input.order.size(); ++i) descend(i, 1);
    } else {
      for (std::size_t i = 0; i < input.order.size(); i += input.batch)
        run_batch(i, std::min(input.batch, input.order.size() - i));
    }
    for (std::size_t c = 0; c < input.columns; ++c)
      x[c] = static_cast<float>(unit_ * static_cast<double>(model_[shape_->position(c)]));
  }

 private:
  void begin(const EpochInput& input, std::span<const float> x) {
    const QuantizedSamples* samples = input.estimator.samples();
    if (samples == nullptr || !samples->are_fused() || input.estimator.symmetrized())
      throw std::logic_error("the fixed-point engine needs samples in lanes and one order of draws");
    const LevelSet& levels = samples->levels().column(0);
    if (!samples->levels().uniform() || !samples->levels().are_shared() || levels.low() != -levels.high())
      throw std::logic_error(
          "the fixed-point engine needs symmetric uniform levels, the same for all columns");
    input_ = &input;
    rows_ = samples->packed().lanes();
    shape_.emplace(rows_->layout(), samples->levels().count());
    half_step_ = 0.5 * double{levels.step()};
    score_unit_ = static_cast<float>(unit_ * half_step_);
    row_scale_ = scale_of(1);
    most_factor_ = static_cast<float>(kMost / (shape_->levels - 1) - 1);
    rows_ahead_ = kernels::rows_ahead(rows_->layout().row_bytes());
    model_.assign(shape_->positions(), 0);
    for (std::size_t c = 0; c < input.columns; ++c)
      model_[shape_->position(c)] = static_cast<std::int16_t>(
          std::clamp(std::nearbyint(double{x[c]} / unit_), -double{kMost}, double{kMost}));
    bound_ = kMost;
    block_ = std::size_t(-1);
  }

  FixedPointRows gather(std::size_t first, std::size_t count) const {
    const auto& order = input_->order;
    FixedPointRows rows{};
    rows.count = count;
    for (std::size_t k = 0; k < count; ++k) {
      rows.rows[k] = rows_->row(order[first + k]);
      rows.ahead[k] = rows_->row(order[std::min(first + k + rows_ahead_, order.size() - 1)]);
    }
    return rows;
  }

  // The integer that stands for a row's step, from its exact sum(m u). Rows wait for each other here, so it
  // takes few operations and no branches: which way it rounds is random, and could not be predicted.
  std::int16_t factor(std::size_t i, std::int64_t sum, float scale) {
    const float score = score_unit_ * static_cast<float>(sum);
    const float residual = input_->loss.derivative(score, input_->labels[input_->order[i]]);
    const float t = std::min(std::max(scale * residual, -most_factor_), most_factor_);
    if (t != t)
      throw InputError("/solver/alpha: the loss overflows in 16-bit arithmetic; allowed: a smaller step");
    const float share = static_cast<float>(word_of(i) >> 8) * 0x1p-24f;
    return static_cast<std::int16_t>(nearest(t + (share - 0.5f)));
  }

  // Nearest integer, ties to even, of at most 2^22: the lowest bits of a float of that exponent.
  static std::int32_t nearest(float value) {
    return std::bit_cast<std::int32_t>(value + 0x1.8p23f) - std::bit_cast<std::int32_t>(0x1.8p23f);
  }

  // Steps in units of half a level and of the model, of a mini-batch of so many rows.
  float scale_of(std::size_t batch) const {
    return static_cast<float>(double{input_->gamma} * half_step_ / unit_ / static_cast<double>(batch));
  }

  // Random word of row i of the order, which is addressed by its place in the epoch.
  std::uint32_t word_of(std::size_t i) {
    const std::size_t row = input_->first_batch * input_->batch + i;
    if (row / kWords != block_) {
      block_ = row / kWords;
      kernels::random_bits({input_->seed, Stream::gradient_rounding, input_->epoch}, 0, block_ * kWords,
                           words_.data(), kWords);
    }
    return words_[row % kWords];
  }

  // Mini-batches of one row, `count` of them.
  void descend(std::size_t first, std::size_t count) {
    const FixedPointRows rows = gather(first, count);
    FixedPointProducts products;
    kernels::fixed_point_products(*shape_, rows, model_.data(), products);
    std::array<std::int16_t, kernels::kFixedPointRows> factors{};
    std::int32_t way = 0;
    for (std::size_t k = 0; k < count; ++k) {
      std::int64_t sum = products.dots[k];
      for (std::size_t j = 0; j < k; ++j) sum -= std::int64_t{factors[j]} * products.grams[j][k];
      factors[k] = factor(first + k, sum, row_scale_);
      way += std::abs(std::int32_t{factors[k]}) * (shape_->levels - 1);
    }
    const bool is_safe = stays_inside(way);
    if (!is_safe && count > 1) {
      // A weight may be cut to 16 bits, which products of rows know nothing of.
      for (std::size_t k = 0; k < count; ++k) descend(first + k, 1);
      return;
    }
    kernels::fixed_point_update(*shape_, rows, factors.data(), model_.data());
    bound_ = std::min(kMost, bound_ + way);
    if (!is_safe) refuse_end_of_range();
  }

  // A weight that was cut has lost a part of its updates, which would be a bias that nobody sees.
  void refuse_end_of_range() const {
    if (kernels::fixed_point_largest(model_.data(), model_.size()) < kMost) return;
    throw InputError("/engine/model_range: a weight reached the end of the range, found " +
                     std::to_string(range_) + "; allowed: a range that holds all weights, or a smaller step");
  }

  // Whether no weight can get to the end of the range on a way of that length. bound_: no weight is larger.
  bool stays_inside(std::int32_t way) {
    if (bound_ + way < kMost) return true;
    bound_ = kernels::fixed_point_largest(model_.data(), model_.size());
    return bound_ + way < kMost;
  }

  void run_batch(std::size_t first, std::size_t count) {
    factors_.resize(count);
    const float scale = scale_of(count);
    FixedPointProducts products;
    for (std::size_t k = 0; k < count; ++k) {
      kernels::fixed_point_products(*shape_, gather(first + k, 1), model_.data(), products);
      factors_[k] = factor(first + k, products.dots[0], scale);
    }
    for (std::size_t k = 0; k < count;) {
      const std::size_t together = count - k >= kernels::kFixedPointRows ? kernels::kFixedPointRows : 1;
      kernels::fixed_point_update(*shape_, gather(first + k, together), factors_.data() + k, model_.data());
      k += together;
    }
    refuse_end_of_range();
  }

  double range_, unit_;
  const EpochInput* input_ = nullptr;
  const LaneMatrix* rows_ = nullptr;
  std::optional<FixedPointShape> shape_;
  double half_step_ = 0.0;
  float score_unit_ = 0.0f, row_scale_ = 0.0f, most_factor_ = 0.0f;
  std::size_t rows_ahead_ = 1;
  std::int32_t bound_ = kMost;
  AlignedVector<std::int16_t> model_;
  std::vector<std::int16_t> factors_;
  std::size_t block_ = 0;  // of kWords rows, whose words are there
  std::array<std::uint32_t, kWords> words_{};
};

}  // namespace

std::unique_ptr<Engine> make_fixed_point(const Parameters& parameters, int) {
  return std::make_unique<FixedPoint>(parameters.number("model_range"));
}

ComponentInfo fixed_point_info() {
  return {
      "fixed_point",
      "the model in 16-bit integers, updated by whole multiples of codes of 1 to 4 bits; one thread, same "
      "bits on every instruction set",
      {{.key = "model_range",
        .type = ParameterType::number,
        .doc = "weights lie between minus and plus this, in steps of range / 2^15; a weight that gets there "
               "ends the run",
        .fallback = 1.0,
        .min = 0,
        .max = 1e6,
        .above_min = true}}};
}

}  // namespace zipml
