#pragma once

#include <memory>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// `released`: what the paper's authors released for networks instead of variance-optimal levels: with M the
/// largest |value|, five levels 0, +-k M, +-3 k M; k of .1, .2, .3 is the one of least squared error of
/// nearest rounding, the smallest of equals. Other odd counts go on with +-5 k M, or leave off; an even count
/// repeats the last level.
const ComponentInfo& released_levels_info();
std::unique_ptr<LevelStrategy> make_released_levels(const Parameters& parameters);

}  // namespace zipml
