#pragma once

#include <memory>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// `quantile`: levels at the quantiles 0, 1/(count-1), ..., 1 of the values (the nearest rank below). Many
/// equal values make equal levels.
const ComponentInfo& quantile_levels_info();
std::unique_ptr<LevelStrategy> make_quantile_levels(const Parameters& parameters);

}  // namespace zipml
