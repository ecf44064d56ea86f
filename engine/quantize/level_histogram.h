#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// Levels of one column beside the histogram of its values (figure 3).
struct LevelHistogram {
  std::vector<double> edges;  ///< bins + 1, ascending, equidistant from the least to the largest value
  std::vector<std::uint64_t> counts;  ///< of the bins; a bin holds its lower edge, the last one both
  std::vector<float> levels;
  double mean_variance = 0.0;  ///< mean of equation 8's err over the values
};

/// values: 1 or more, finite; count: 2 to kMaxLevels levels; bins: 1 or more. Throws std::invalid_argument
/// for a strategy that scales rows: a column has no levels of its own then.
LevelHistogram level_histogram(std::span<const float> values, const LevelStrategy& strategy, int count,
                               int bins);

}  // namespace zipml
