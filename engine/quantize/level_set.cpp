#include "engine/quantize/level_set.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/kernels/reference.h"

namespace zipml {

LevelSet::LevelSet(std::vector<float> values) : values_(std::move(values)) {
  if (values_.size() < 2 || values_.size() > static_cast<std::size_t>(kMaxLevels)) {
    throw std::invalid_argument("a level set has 2 to 65536 levels");
  }
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!std::isfinite(values_[i])) throw std::invalid_argument("levels must be finite");
    if (i > 0 && values_[i] < values_[i - 1]) throw std::invalid_argument("levels must be ascending");
  }
}

LevelSet LevelSet::uniform(float low, float high, int count) {
  if (count < 2 || count > kMaxLevels) throw std::invalid_argument("a level set has 2 to 65536 levels");
  if (!std::isfinite(low) || !std::isfinite(high) || high < low || !std::isfinite(high - low)) {
    throw std::invalid_argument("uniform levels need finite bounds, low <= high");
  }
  const auto intervals = static_cast<float>(count - 1);
  LevelSet set;
  set.uniform_ = true;
  set.step_ = (high - low) / intervals;
  set.inverse_step_ = high > low ? intervals / (high - low) : 0.0f;
  // A range so narrow that its step vanishes holds one point as far as float32 can tell.
  if (set.step_ == 0.0f || !std::isfinite(set.inverse_step_)) set.step_ = set.inverse_step_ = 0.0f;
  set.values_.resize(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < set.values_.size(); ++i)
    set.values_[i] = low + set.step_ * static_cast<float>(i);
  return set;
}

LevelSet::Bracket LevelSet::bracket(float value) const {
  if (uniform_) {
    std::uint16_t base;
    float share;
    kernels::reference::bracket_uniform(&value, values_.data(), &inverse_step_,
                                        static_cast<std::uint32_t>(values_.size()) - 1, 1, &base, &share);
    return {base, share};
  }
  const auto above = std::upper_bound(values_.begin(), values_.end(), value) - values_.begin();
  const auto lower =
      std::clamp<std::ptrdiff_t>(above - 1, 0, static_cast<std::ptrdiff_t>(values_.size()) - 2);
  return bracket_at(static_cast<std::uint32_t>(lower), value);
}

LevelSet::Bracket LevelSet::bracket_at(std::uint32_t lower, float value) const {
  const float low_level = values_[lower], width = values_[lower + 1] - low_level;
  const float share = width > 0.0f ? std::clamp((value - low_level) / width, 0.0f, 1.0f) : 0.0f;
  return {lower, share};
}

std::uint32_t LevelSet::nearest(float value) const {
  if (uniform_) {
    std::uint16_t code;
    kernels::reference::nearest_uniform(&value, values_.data(), &inverse_step_,
                                        static_cast<std::uint32_t>(values_.size()) - 1, 1, &code);
    return code;
  }
  const Bracket in = bracket(value);
  return in.lower + (in.upper_share >= 0.5f ? 1u : 0u);
}

double LevelSet::variance(float value) const {
  const Bracket in = bracket(value);
  const double low_level = values_[in.lower], high_level = values_[in.lower + 1];
  const double clamped = std::clamp<double>(value, low_level, high_level);
  return (high_level - clamped) * (clamped - low_level);
}

}  // namespace zipml
