#pragma once

#include "engine/data/dataset.h"
#include "experiments/config/run_spec.h"
#include "experiments/results/result_file.h"

namespace zipml {

/// The time axis that the spec's engine gives a training on these prepared rows (the intercept is a column of
/// them). InputError for a shape that the published engine cannot run.
FpgaTimes time_training(const RunSpec& spec, const Split& rows);

/// A run that measures `fpga_cycles`: fills in what the result says of the shape, and its times.
void time_shape(const RunSpec& spec, ResultFile& result);

}  // namespace zipml
