#include "fpga_model/published_designs.h"
#include "fpga_model/pynq_design.h"

namespace zipml::fpga {

const Design& pynq_float() {
  static const PynqDesign design([] {
    PynqDescription d;
    d.name = "pynq_float";
    d.doc = "PYNQ, 32-bit floats: 2 features a word";
    d.dot = {{"model read", 1, 64},
             {"model fixed to float", 2, 64},
             {"2 float multipliers", 5, 64},
             {"float to fixed", 1, 64},
             {"adder tree", 2, 64}};
    d.scalar = {{"sum to float", 2, 32}, {"minus label", 7, 32}, {"times step", 5, 32}};
    d.update = {{"scalar times sample", 5, 64}, {"float to fixed, model subtraction", 2, 64}};
    d.published = "5 float multipliers, 1 subtractor, 1 comparator, 3 converters; model 2 x 131072 bits";
    return d;
  }());
  return design;
}

}  // namespace zipml::fpga
