#include "fpga_model/hardware_arithmetic.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

namespace zipml::fpga {
namespace {

// The float cores flush subnormal results to zero.
float flushed(float value) { return std::fpclassify(value) == FP_SUBNORMAL ? 0.0f : value; }

std::uint32_t word_of(std::int32_t value) { return static_cast<std::uint32_t>(value); }

}  // namespace

std::int32_t to_fixed(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const int shift = static_cast<int>(word >> 23 & 0xff) - 127;
  const std::uint64_t mantissa = (word & 0x7fffff) | 0x800000;
  std::uint32_t fixed = 0;
  if (shift >= 0 && shift < 32) fixed = static_cast<std::uint32_t>(mantissa << shift);
  if (shift < 0 && shift > -32) fixed = static_cast<std::uint32_t>(mantissa >> -shift);
  return static_cast<std::int32_t>(word >> 31 ? 0u - fixed : fixed);
}

float to_float(std::int32_t fixed) { return static_cast<float>(fixed) * 0x1p-23f; }

std::int32_t code_product(std::uint16_t code, std::int32_t word, std::int64_t bits) {
  if (bits == 1) return code ? word : 0;
  if (bits == 2) return code == 0 ? 0 : code == 1 ? word >> 1 : word;
  return static_cast<std::int32_t>((static_cast<std::int64_t>(code) * word) >> (bits - 1));
}

HardwareArithmetic::HardwareArithmetic(const ArithmeticFormat& format, const SampleCopies& copies,
                                       const HardwareSettings& settings)
    : format_(format),
      copies_(copies),
      rows_(copies.at(0).rows),
      features_(copies.at(0).features),
      settings_(settings),
      x_(static_cast<std::size_t>(format.beats * format.lanes)),
      update_copy_(x_.size()) {
  const auto size = static_cast<std::size_t>(rows_ * features_);
  for (const HardwareSamples& samples : copies) {
    const std::size_t given = format.bits == 32 ? samples.values.size() : samples.first.size();
    const bool second = samples.second.empty() || samples.second.size() == size;
    if (given != size || !second || samples.labels.size() != static_cast<std::size_t>(rows_) ||
        static_cast<std::size_t>(features_) > x_.size()) {
      throw std::invalid_argument("samples do not fit the engine's arithmetic");
    }
  }
}

const HardwareSamples& HardwareArithmetic::copy(std::int64_t epoch) const {
  return copies_[static_cast<std::size_t>(epoch) % copies_.size()];
}

std::int64_t HardwareArithmetic::lost_features() const {
  return std::max<std::int64_t>(features_ - (format_.beats * format_.lanes - format_.masked_lanes), 0);
}

std::int64_t HardwareArithmetic::beat_end(std::int64_t beat) const {
  return std::min((beat + 1) * format_.lanes, features_ - lost_features());
}

void HardwareArithmetic::read_beat() {
  const HardwareSamples& samples = copy(read_epoch_);
  for (std::int64_t i = read_beat_ * format_.lanes; i < beat_end(read_beat_); ++i) {
    const auto at = static_cast<std::size_t>(read_row_ * features_ + i);
    const std::int32_t word = x_[static_cast<std::size_t>(i)];
    sum_ += word_of(format_.bits == 32 ? to_fixed(flushed(samples.values[at] * to_float(word)))
                                       : code_product(samples.first[at], word, format_.bits));
  }
  if (++read_beat_ < format_.beats) return;
  finish_dot();
  read_beat_ = 0;
  if (++read_row_ < rows_) return;
  read_row_ = 0;
  ++read_epoch_;
}

void HardwareArithmetic::finish_dot() {
  const float label = copy(read_epoch_).labels[static_cast<std::size_t>(read_row_)];
  Scalar scalar{0, 0};
  if (format_.shifts_step) {
    scalar.fixed = static_cast<std::int32_t>(sum_ - word_of(to_fixed(label))) >> settings_.shift;
  } else {
    scalar.value = flushed(settings_.step * flushed(to_float(static_cast<std::int32_t>(sum_)) - label));
    scalar.fixed = to_fixed(scalar.value);
  }
  scalars_.push_back(scalar);
  sum_ = 0;
}

void HardwareArithmetic::update_beat() {
  const Scalar scalar = scalars_.front();
  const HardwareSamples& samples = copy(update_epoch_);
  const std::vector<std::uint16_t>& codes = samples.second.empty() ? samples.first : samples.second;
  for (std::int64_t i = update_beat_ * format_.lanes; i < beat_end(update_beat_); ++i) {
    const auto at = static_cast<std::size_t>(update_row_ * features_ + i);
    const std::int32_t step = format_.bits == 32 ? to_fixed(flushed(scalar.value * samples.values[at]))
                                                 : code_product(codes[at], scalar.fixed, format_.bits);
    std::int32_t& word = update_copy_[static_cast<std::size_t>(i)];
    word = static_cast<std::int32_t>(word_of(word) - word_of(step));
  }
  const std::int64_t mask = settings_.batch - 1;
  const bool last_row = format_.last_row_updates && update_row_ == rows_ - 1;
  last_ = {update_beat_, (update_row_ & mask) == mask || last_row};
  if (++update_beat_ < format_.beats) return;
  scalars_.pop_front();
  update_beat_ = 0;
  if (++update_row_ < rows_) return;
  update_row_ = 0;
  ++update_epoch_;
}

void HardwareArithmetic::publish_beat() {
  if (!last_.visible) return;
  const std::int64_t begin = last_.beat * format_.lanes;
  std::copy_n(update_copy_.begin() + begin, format_.lanes, x_.begin() + begin);
}

std::vector<float> HardwareArithmetic::model() const {
  const std::vector<std::int32_t>& source = format_.writes_back_update_copy ? update_copy_ : x_;
  std::vector<float> model(static_cast<std::size_t>(features_));
  std::transform(source.begin(), source.begin() + features_, model.begin(), to_float);
  return model;
}

void HardwareArithmetic::run_in_order(const ModelCallback& on_epoch) {
  for (std::int64_t epoch = 0; epoch < settings_.epochs; ++epoch) {
    for (std::int64_t row = 0; row < rows_; ++row) {
      for (std::int64_t beat = 0; beat < format_.beats; ++beat) read_beat();
      for (std::int64_t beat = 0; beat < format_.beats; ++beat) {
        update_beat();
        publish_beat();
      }
    }
    on_epoch(model());
  }
}

}  // namespace zipml::fpga
