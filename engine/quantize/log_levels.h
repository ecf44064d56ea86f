#pragma once

#include <memory>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// `log`: 0 and both signs of M, M/2, M/4, ..., M the largest |value|: powers of two (Miyashita, Lee and
/// Murmann, "Convolutional neural networks using logarithmic data representation", arXiv:1603.01025). There
/// are (count - 1) / 2 powers a sign, rounded down; an even count repeats the last level, so that 0 stays a
/// level. Two levels are -M and M.
const ComponentInfo& log_levels_info();
std::unique_ptr<LevelStrategy> make_log_levels(const Parameters& parameters);

}  // namespace zipml
