#pragma once

#include <cstdint>
#include <vector>

#include "engine/quantize/level_set.h"

namespace zipml {

/// Finds the intervals of many values on one level set: buckets of equal width hold where to begin, so that
/// the time does not grow with the number of levels unless they crowd into few buckets. Gives the bits that
/// the level set itself gives. The level set must outlive it.
class LevelIndex {
 public:
  explicit LevelIndex(const LevelSet& levels);

  /// levels.bracket(value)
  LevelSet::Bracket bracket(float value) const {
    return first_.empty() ? levels_.bracket(value) : levels_.bracket_at(lower(value), value);
  }

  /// levels.nearest(value)
  std::uint32_t nearest(float value) const;

 private:
  // Rises with the value, which is all that bracket() needs of it.
  std::size_t bucket(float value) const {
    const float at = (value - levels_.low()) * buckets_per_value_;
    if (!(at > 0.0f)) return 0;
    return at < static_cast<float>(first_.size() - 1) ? static_cast<std::size_t>(at) : first_.size() - 1;
  }
  std::uint32_t lower(float value) const;

  const LevelSet& levels_;
  // The first inner level in this bucket or a later one; empty where the level set is quicker itself.
  std::vector<std::uint32_t> first_;
  float buckets_per_value_ = 0.0f;
};

}  // namespace zipml
