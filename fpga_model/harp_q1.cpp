#include "fpga_model/harp_design.h"
#include "fpga_model/published_designs.h"

namespace zipml::fpga {

const Design& harp_q1() {
  static const HarpDesign design([] {
    HarpDescription d =
        harp_quantized(1, "HARP v1, 1-bit codes: 256 features a line, worked on in two halves", "select",
                       "no multipliers; model 2 x 262144 bits");
    d.beats_per_line = 2;
    d.credit = 118;
    d.sample_fifo = 128;
    d.start_delay = 1;
    // A cycle works on 128 of the line's 256 features.
    constexpr int kModelBits = 128 * 32;
    d.dot = {{"first draws beside the model read", 5, 128 + kModelBits},
             {"select", 1, kModelBits},
             {"adder tree", 8, kModelBits}};
    d.update = {{"scalar times second draws", 1, kModelBits}};
    return d;
  }());
  return design;
}

}  // namespace zipml::fpga
