#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/core/component.h"
#include "engine/quantize/level_set.h"

namespace zipml {

/// What of a column levels depend on.
enum class LevelInput {
  none,   ///< nothing: levels() takes any values
  range,  ///< the smallest and the largest value: levels() of these two are those of all
  values  ///< every value
};

/// Levels of values that come in parts, for data that do not fit into memory.
class LevelStream {
 public:
  virtual ~LevelStream() = default;
  /// The next values, all within the range that the stream was made for.
  virtual void add(std::span<const float> values) = 0;
  /// `count` levels for all values added: those that the strategy finds for them at once.
  virtual LevelSet levels(int count) const = 0;
};

/// From data to levels.
class LevelStrategy {
 public:
  virtual ~LevelStrategy() = default;

  /// Row scaling: levels() is asked once, for the unit interval [-1, 1] (`values` is then empty), and every
  /// row or vector multiplies them by its own l2 norm. Otherwise every column gets its own levels, from its
  /// values.
  virtual bool scales_rows() const = 0;

  virtual LevelInput input() const = 0;

  /// `count` levels (2 to kMaxLevels) for the given values; needs finite values.
  virtual LevelSet levels(std::span<const float> values, int count) const = 0;

  /// For values from low to high that come in parts; borrows this. Nothing where all are needed at once.
  virtual std::unique_ptr<LevelStream> stream(float low, float high) const;

  /// Sets of `count` levels that do not come from values: one for all columns, or one a column. Empty where
  /// levels() finds them. Throws InputError where there are none of that count.
  virtual std::vector<LevelSet> given(int /*count*/) const { return {}; }
};

using LevelStrategyFactory = std::unique_ptr<LevelStrategy> (*)(const Parameters&);

/// Every level strategy.
const Registry<LevelStrategyFactory>& level_strategies();

}  // namespace zipml
