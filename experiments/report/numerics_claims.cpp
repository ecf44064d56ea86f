#include "experiments/report/finding.h"

namespace zipml {
namespace {

const std::string kFigure = "fpga_numerics", kSet = "Synthetic 100";

RunFilter engine(const std::string& design, const std::string& arithmetic) {
  return [=](const Run& run) {
    return run.text("/measure/design") == design && run.text("/measure/arithmetic") == arithmetic;
  };
}

RunFilter doubles() {
  return [](const Run& run) { return run.text("/measure/arithmetic") == "float64"; };
}

// At most 1% above: the region of the house for "the same loss".
Claim same_loss(const std::string& text, const RunFilter& tested, const RunFilter& reference) {
  return {kFigure, text, "-", "%", kSet, [=](const RunSet& set) {
            return measure(set, {kFigure, synthetic(100), {tested, reference}}, percent_above, at_most(1.0));
          }};
}

}  // namespace

std::vector<Claim> numerics_claims() {
  std::vector<Claim> claims{
      same_loss("ours: 23-bit fixed point in program order ends at most 1% above SGD in doubles (harp_float)",
                engine("harp_float", "in_order"), doubles()),
      same_loss("ours: the clocked float engine ends at most 1% above SGD in doubles (harp_float)",
                engine("harp_float", "hardware"), doubles())};
  for (const char* design : {"harp_float", "harp_q8", "harp_q4", "harp_q2", "harp_q1", "pynq_float",
                             "pynq_q8", "pynq_q4", "pynq_q2", "pynq_q1"}) {
    claims.push_back(
        same_loss(std::string("ours: ") + design +
                      ": its stale model ends at most 1% above the same arithmetic in program order",
                  engine(design, "hardware"), engine(design, "in_order")));
  }
  for (const char* design : {"harp_q8", "harp_q4", "harp_q2", "pynq_q8", "pynq_q4"}) {
    const std::string name = design;
    const std::string reference = name.substr(0, 5) + "float";
    claims.push_back(same_loss("ours: " + name + " ends at most 1% above " + reference + ", both clocked",
                               engine(name, "hardware"), engine(reference, "hardware")));
  }
  return claims;
}

}  // namespace zipml
