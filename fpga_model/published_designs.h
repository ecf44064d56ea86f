#pragma once

#include "fpga_model/design.h"

namespace zipml::fpga {

/// The published engines, one file each.
const Design& harp_float();
const Design& harp_q8();
const Design& harp_q4();
const Design& harp_q2();
const Design& harp_q1();
const Design& pynq_float();
const Design& pynq_q8();
const Design& pynq_q4();
const Design& pynq_q2();
const Design& pynq_q1();
const Design& mlweaving();

}  // namespace zipml::fpga
