#pragma once

#include "experiments/run/executor.h"

namespace zipml {

/// A run that measures "hardware_training": the loss after every epoch of a published FPGA engine's own
/// arithmetic, in the trace; the model in `x`, in the engine's units. Features are scaled to [0, 1] by their
/// range over the training rows (a constant one becomes 1), labels to [-1, 1]; the loss is that of the
/// unquantized scaled rows. False if it was stopped. InputError where the design refuses the shape.
bool train_on_hardware(const RunSpec& spec, const PreparedData& data, const StopCheck& stop,
                       ResultFile& result);

}  // namespace zipml
