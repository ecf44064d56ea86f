#include "fpga_model/published_designs.h"
#include "fpga_model/pynq_design.h"

namespace zipml::fpga {

const Design& pynq_q8() {
  static const PynqDesign design(pynq_quantized(8, "PYNQ, 8-bit codes: 8 features a word, one draw each",
                                                "8 x 32 bit multipliers",
                                                "16 integer multipliers; one float multiplier, subtractor, "
                                                "comparator and converter; model 2 x 131072 bits"));
  return design;
}

}  // namespace zipml::fpga
