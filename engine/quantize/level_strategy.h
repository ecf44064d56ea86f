#pragma once

#include <memory>
#include <span>

#include "engine/core/component.h"
#include "engine/quantize/level_set.h"

namespace zipml {

/// From data to levels.
class LevelStrategy {
 public:
  virtual ~LevelStrategy() = default;

  /// Row scaling: levels() is asked once, for the unit interval [-1, 1] (`values` is then empty), and every
  /// row or vector multiplies them by its own l2 norm. Otherwise every column gets its own levels, from its
  /// values.
  virtual bool scales_rows() const = 0;

  /// `count` levels (2 to kMaxLevels) for the given values; needs finite values.
  virtual LevelSet levels(std::span<const float> values, int count) const = 0;
};

using LevelStrategyFactory = std::unique_ptr<LevelStrategy> (*)(const Parameters&);

/// Every level strategy.
const Registry<LevelStrategyFactory>& level_strategies();

}  // namespace zipml
