#pragma once

#include "engine/core/component.h"
#include "fpga_model/platform.h"

namespace zipml::fpga {

/// The members of a platform file: clock_hz, name, ...; "memory" and "input" are described below.
const ComponentInfo& platform_info();
/// "/memory": latency_cycles, rate, max_outstanding; its "stall" apart.
const ComponentInfo& memory_info();
/// "/memory/stall".
const ComponentInfo& stall_info();
/// "/input/gap".
const ComponentInfo& gap_info();

/// The platform's values as parameters of those descriptions, and back.
Parameters platform_parameters(const Platform& platform);
Parameters memory_parameters(const Memory& memory);
Parameters stall_parameters(const Memory& memory);
Parameters gap_parameters(const InputGap& gap);
Platform make_platform(const Parameters& platform, const Parameters& memory, const Parameters& stall,
                       const Parameters& gap);

/// Every design as `zipml list` and the config check know it, with the parameters a user may choose.
const ComponentFamily& design_family();

}  // namespace zipml::fpga
