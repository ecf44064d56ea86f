#include <limits>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr int kBits = 3;

struct Panel {
  std::string letter, dataset;
  RunFilter filter;
};

RunFilter uniform_over_range() {
  return [](const Run& run) {
    return run.integer("/precision/samples/bits") == kBits &&
           run.text("/precision/samples/levels/kind") == "uniform" &&
           run.text("/precision/samples/levels/scaling") == "min_max";
  };
}

double variance_ratio(const std::vector<const Run*>& runs) {
  const auto variance = [](const Run& run) {
    return run.levels_of_column ? run.levels_of_column->histogram.mean_variance
                                : std::numeric_limits<double>::quiet_NaN();
  };
  return variance(*runs.at(0)) / variance(*runs.at(1));
}

Claim less_variance(const Panel& panel, const std::string& text, const std::string& paper,
                    const RunFilter& uniform) {
  return {"fig3", "(" + panel.letter + ") " + text, paper, "x", panel.dataset, [=](const RunSet& set) {
            const Query query{
                "fig3", panel.filter, {uniform, quantized_levels("double_sampling", kBits, "optimal")}};
            return measure(set, query, variance_ratio, at_least(1.01), Varies::not_with_seed);
          }};
}

}  // namespace

std::vector<Claim> histogram_claims() {
  const std::vector<Panel> panels = {{"a", "cadata", dataset_kind("cadata", "cadata-like")},
                                     {"b", "YearPrediction", dataset_kind("year-prediction", "year-like")}};
  std::vector<Claim> claims;
  for (const Panel& panel : panels) {
    claims.push_back(
        less_variance(panel, "3-bit uniform levels have 1.01x the variance of optimal ones, or more",
                      "optimal < uniform", quantized_levels("double_sampling", kBits, "uniform")));
    claims.push_back(less_variance(panel, "ours: so have uniform levels from the least to the largest value",
                                   "-", uniform_over_range()));
  }
  return claims;
}

}  // namespace zipml
