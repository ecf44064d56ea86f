#include "engine/quantize/level_histogram.h"

#include <algorithm>
#include <stdexcept>

namespace zipml {

LevelHistogram level_histogram(std::span<const float> values, const LevelStrategy& strategy, int count,
                               int bins) {
  if (strategy.scales_rows()) throw std::invalid_argument("levels of rows are not levels of a column");
  LevelHistogram histogram;
  const LevelSet levels = strategy.levels(values, count);
  histogram.levels.assign(levels.values().begin(), levels.values().end());
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  const double low = *least, width = (static_cast<double>(*largest) - low) / bins;
  for (int i = 0; i <= bins; ++i) histogram.edges.push_back(low + width * i);
  histogram.counts.resize(static_cast<std::size_t>(bins));
  double sum = 0.0;
  for (const float value : values) {
    const double place = width > 0.0 ? (static_cast<double>(value) - low) / width : 0.0;
    ++histogram.counts[std::min(static_cast<std::size_t>(place), histogram.counts.size() - 1)];
    sum += levels.variance(value);
  }
  histogram.mean_variance = sum / static_cast<double>(values.size());
  return histogram;
}

}  // namespace zipml
