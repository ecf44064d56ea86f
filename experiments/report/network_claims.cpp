#include <algorithm>
#include <string>
#include <utility>

#include "engine/deep/network_gradient.h"
#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr const char* kFigure = "fig7b";

RunFilter cifar10() { return dataset_kind("cifar10", "cifar10-like"); }

RunFilter full_weights() {
  return [](const Run& run) { return run.text("/precision/weights/kind") == "full"; };
}

RunFilter five_levels(std::string levels, std::string rounding) {
  return [levels = std::move(levels), rounding = std::move(rounding)](const Run& run) {
    return run.integer("/precision/weights/levels_count") == 5 &&
           run.text("/precision/weights/levels/kind") == levels &&
           run.text("/precision/weights/rounding") == rounding;
  };
}

RunFilter xnor5() { return five_levels("xnor", "nearest"); }
RunFilter optimal5() { return five_levels("optimal", "stochastic"); }

RunFilter binary() {
  return [](const Run& run) {
    return run.integer("/precision/weights/bits") == 1 &&
           run.text("/precision/weights/levels/kind") == "xnor" &&
           run.text("/precision/weights/levels/scale") == "mean";
  };
}

double loss_above(const std::vector<const Run*>& runs) {
  return runs.at(0)->final_loss() - runs.at(1)->final_loss();
}

double points_above(const std::vector<const Run*>& runs) {
  return 100.0 * (runs.at(0)->final_accuracy() - runs.at(1)->final_accuracy());
}

// Says why there are no results where this program could not have made them.
Finding with_reason(Finding finding) {
  if (finding.verdict == Verdict::not_run && network_backend() == nullptr)
    finding.note = join_notes(finding.note, network_backend_problem());
  return finding;
}

Claim compare(std::string claim, std::string paper, std::string unit, RunFilter above, RunFilter below,
              SeedValue value, Region region) {
  return {kFigure, std::move(claim), std::move(paper), std::move(unit), "CIFAR-10", [=](const RunSet& set) {
            return with_reason(measure(set, {kFigure, cifar10(), {above, below}}, value, region));
          }};
}

Claim more_points(std::string claim, std::string paper, RunFilter above, RunFilter below, double threshold) {
  return compare(std::move(claim), std::move(paper), "points", std::move(above), std::move(below),
                 points_above, at_least(threshold));
}

}  // namespace

std::vector<Claim> network_claims() {
  return {
      compare("32-bit ends with a lower training loss than Optimal5: difference 0 or more", "lower", "loss",
              optimal5(), full_weights(), loss_above, at_least(0.0)),
      compare("Optimal5 ends with a lower training loss than XNOR5: difference 0 or more", "lower", "loss",
              xnor5(), optimal5(), loss_above, at_least(0.0)),
      more_points("Optimal5 ends with 5 points more test accuracy than XNOR5, or better",
                  "more than 5 points", optimal5(), xnor5(), 5.0),
      more_points("the released five levels end with at least the test accuracy of XNOR binary",
                  "above (authors' README)", five_levels("released", "nearest"), binary(), 0.0),
      more_points("XNOR binary ends with at least the test accuracy of XNOR5", "above (authors' README)",
                  binary(), xnor5(), 0.0),
      more_points(
          "ours: optimal levels instead of uniform ones, both nearest, give test accuracy (0 or more)", "-",
          five_levels("optimal", "nearest"), xnor5(), 0.0),
      more_points(
          "ours: optimal levels instead of uniform ones, both stochastic, give test accuracy (0 or more)",
          "-", optimal5(), five_levels("xnor", "stochastic"), 0.0),
      more_points(
          "ours: stochastic instead of nearest rounding, uniform levels, gives test accuracy (0 or more)",
          "-", five_levels("xnor", "stochastic"), xnor5(), 0.0),
      more_points(
          "ours: stochastic instead of nearest rounding, optimal levels, gives test accuracy (0 or more)",
          "-", optimal5(), five_levels("optimal", "nearest"), 0.0),
  };
}

}  // namespace zipml
