#include "fpga_model/harp_design.h"
#include "fpga_model/published_designs.h"

namespace zipml::fpga {

const Design& harp_q2() {
  static const HarpDesign design(harp_quantized(
      2, "HARP v1, 2-bit codes: 128 features a line, two draws each", "shift or select",
      "no multipliers, shifters; model 2 x 262144 bits; FIFOs 512 x 512 bits (two), reorder 512 x 256"));
  return design;
}

}  // namespace zipml::fpga
