#pragma once

#include <cstdint>

#include "fpga_model/design.h"
#include "fpga_model/hardware_arithmetic.h"
#include "fpga_model/platform.h"

namespace zipml::fpga {

/// Trains as the design's hardware would, bit for bit: the clocked model says when each line of the model is
/// read and written, so that dot products miss the last few updates just as they do there. Returns the number
/// of features that share their place with the label. InputError as Design::check, for a design without
/// functional mode, and for a batch that is no power of two.
std::int64_t run_functional(const Design& design, const SampleCopies& copies, const Platform& platform,
                            const HardwareSettings& settings, const ModelCallback& on_epoch);

}  // namespace zipml::fpga
