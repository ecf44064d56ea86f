#include "fpga_model/published_designs.h"
#include "fpga_model/pynq_design.h"

namespace zipml::fpga {

const Design& pynq_q1() {
  static const PynqDesign design(pynq_quantized(1, "PYNQ, 1-bit codes: 64 features a word, one draw each",
                                                "select",
                                                "no integer multipliers; one float multiplier, subtractor, "
                                                "comparator and converter; model 2 x 131072 bits"));
  return design;
}

}  // namespace zipml::fpga
