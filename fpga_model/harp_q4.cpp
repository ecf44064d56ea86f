#include "fpga_model/harp_design.h"
#include "fpga_model/published_designs.h"

namespace zipml::fpga {

const Design& harp_q4() {
  static const HarpDesign design(harp_quantized(4, "HARP v1, 4-bit codes: 64 features a line, two draws each",
                                                "4 x 32 bit multipliers",
                                                "128 integer multipliers of 4 x 32 bits; model 2 x 262144 "
                                                "bits; FIFOs 512 x 512 bits (two), reorder 512 x 256"));
  return design;
}

}  // namespace zipml::fpga
