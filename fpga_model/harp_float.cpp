#include "fpga_model/harp_design.h"
#include "fpga_model/published_designs.h"

namespace zipml::fpga {

HarpDescription harp_float_description() {
  HarpDescription d;
  d.name = "harp_float";
  d.doc = "HARP v1, 32-bit floats: 16 features a line";
  d.dot = {{"line beside the model read, fixed to float", 7, 1024},
           {"16 float multipliers", 5, 512},
           {"float to fixed", 1, 512},
           {"adder tree", 5, 512}};
  d.scalar = {{"sum to float", 5, 32}, {"minus label, times step", 12, 32}};
  // The FIFO's own read takes three cycles; the line is there with the scalar.
  d.read_lead = {{"sample FIFO read", 14, 1}};
  d.update = {{"scalar times line", 5, 512}, {"float to fixed, model subtraction", 1, 512}};
  d.published =
      "33 float multipliers, 1 adder, 17 converters; model 2 x 262144 bits; FIFOs 512 x 512 bits (two), "
      "reorder 512 x 256";
  return d;
}

const Design& harp_float() {
  static const HarpDesign design(harp_float_description());
  return design;
}

}  // namespace zipml::fpga
