#pragma once

#include <memory>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// Equidistant levels on [-M, M] (section 2). Column scaling: M = max |v| of the column over the training
/// rows, fixed for all of training. Row scaling: M = |v|_2 of the row or vector itself. Min-max
/// scaling: from the column's smallest to its largest value; mid-rise only.
///
/// Mid-rise grids use all 2^b levels and have no level at 0; mid-tread grids drop the topmost one where the
/// count is even, so that 0 is a level and sparse vectors stay sparse (the form that QSGD's bounds speak of).
const ComponentInfo& uniform_levels_info();
std::unique_ptr<LevelStrategy> make_uniform_levels(const Parameters& parameters);

}  // namespace zipml
