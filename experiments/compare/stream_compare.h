#pragma once

#include <cstddef>
#include <functional>

#include "experiments/compare/columns.h"
#include "experiments/compare/measure.h"

namespace zipml {

/// Compares as compare_columns() without holding the file in memory: three passes over it, for the range, the
/// levels and the errors. For .npy (C order), .f32 and .f64 files, packed or not. Strategies that need all
/// values at once are left out with a note, and so is the ratio to the optimal levels; the levels are the
/// same, and so are the errors up to the order of their sums. (Pooled columns come row by row here, which
/// draws of stochastic bucketing notice.) `progress` is told after every part the pass (1 to 3) and the rows
/// read in it. Throws InputError where no strategy is left, and as the readers do.
CompareOutcome compare_stream(const ColumnRequest& request, const CompareOptions& options,
                              const std::function<void(int pass, std::size_t rows)>& progress = {});

}  // namespace zipml
