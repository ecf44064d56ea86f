#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/quantize/level_strategy.h"

namespace zipml::testing {

using GivenParameters = std::vector<std::pair<std::string, ParameterValue>>;

/// A level strategy with the given parameters, every other one at its default.
inline std::unique_ptr<LevelStrategy> strategy_of(const std::string& kind, GivenParameters given = {}) {
  return level_strategies()[kind](choose(level_strategies().family(), kind, std::move(given)).parameters);
}

inline std::vector<float> values_of(const LevelSet& levels) {
  return {levels.values().begin(), levels.values().end()};
}

/// The levels that it finds.
inline std::vector<float> find_levels(const std::string& kind, const std::vector<float>& values, int count,
                                      GivenParameters given = {}) {
  return values_of(strategy_of(kind, std::move(given))->levels(values, count));
}

}  // namespace zipml::testing
