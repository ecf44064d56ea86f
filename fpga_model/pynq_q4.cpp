#include "fpga_model/published_designs.h"
#include "fpga_model/pynq_design.h"

namespace zipml::fpga {

const Design& pynq_q4() {
  static const PynqDesign design(pynq_quantized(4, "PYNQ, 4-bit codes: 16 features a word, one draw each",
                                                "4 x 32 bit multipliers",
                                                "32 integer multipliers; one float multiplier, subtractor, "
                                                "comparator and converter; model 2 x 131072 bits"));
  return design;
}

}  // namespace zipml::fpga
