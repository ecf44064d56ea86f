#pragma once

#include <string>
#include <vector>

#include "engine/data/hdf5_file.h"
#include "engine/gradient/gradient_error.h"
#include "engine/quantize/level_histogram.h"

namespace zipml {

/// Errors of gradients, one entry a model. In the file: /gradient_error/model (text) and one array a member
/// of GradientError, of the same length.
struct MeasuredGradients {
  std::vector<std::string> models;  ///< "zero" or "optimum"
  std::vector<GradientError> errors;
};

/// Levels of one column. In the file: /histogram/edges, counts, levels; attributes column, mean_variance.
struct MeasuredLevels {
  std::uint64_t column = 0;  ///< from 1
  LevelHistogram histogram;  ///< prepared units
};

void write_group(Hdf5Writer& file, const MeasuredGradients& measured);
void write_group(Hdf5Writer& file, const MeasuredLevels& measured);

/// Throw InputError where the group is damaged.
MeasuredGradients read_gradient_error(const Hdf5Reader& file);
MeasuredLevels read_histogram(const Hdf5Reader& file);

/// Paths of the two groups.
inline constexpr const char* kGradientErrorGroup = "/gradient_error";
inline constexpr const char* kHistogramGroup = "/histogram";

}  // namespace zipml
