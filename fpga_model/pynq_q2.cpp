#include "fpga_model/published_designs.h"
#include "fpga_model/pynq_design.h"

namespace zipml::fpga {

const Design& pynq_q2() {
  static const PynqDesign design(pynq_quantized(2, "PYNQ, 2-bit codes: 32 features a word, one draw each",
                                                "shift or select",
                                                "no integer multipliers; one float multiplier, subtractor, "
                                                "comparator and converter; model 2 x 131072 bits"));
  return design;
}

}  // namespace zipml::fpga
