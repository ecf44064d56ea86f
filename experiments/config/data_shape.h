#pragma once

#include <cstddef>
#include <optional>

#include "experiments/config/run_spec.h"

namespace zipml {

/// Rows and columns of a run's data as a config tells them, before anything is read.
struct DataShape {
  std::size_t train_rows = 0, test_rows = 0;
  std::size_t features = 0;  ///< without the intercept
};

/// Nothing for files of the user's own, whose shape only reading tells, for reconstructions and for runs
/// without data. `run.dataset` must be resolved.
std::optional<DataShape> known_data_shape(const RunSpec& run);

}  // namespace zipml
