#pragma once

#include <memory>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// `xnor`: equidistant levels on [-M, M] with one at 0, M the largest |value|: five levels are -M, -M/2, 0,
/// M/2, M. An even count repeats the last level, so that 0 stays a level. Two levels are -M and M. With scale
/// `mean` M is the mean |value| instead, and two levels are what XNOR-Net uses (Rastegari et al.,
/// arXiv:1603.05279): values outside are then clamped by any rounding, which biases it.
const ComponentInfo& xnor_levels_info();
std::unique_ptr<LevelStrategy> make_xnor_levels(const Parameters& parameters);

}  // namespace zipml
