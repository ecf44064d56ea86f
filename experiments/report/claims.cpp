#include "experiments/report/claims.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace zipml {

std::vector<Claim> all_claims() {
  std::vector<Claim> all;
  for (const auto& part :
       {tomography_claims, channel_claims, bias_claims,      histogram_claims, end_to_end_claims,
        engine_claims,     speedup_claims, batch_claims,     optimal_claims,   network_claims,
        bits_claims,       minimum_claims, nonlinear_claims, refetch_claims,   pipeline_claims,
        precision_claims,  board_claims,   variance_claims,  numerics_claims,  table_claims}) {
    std::vector<Claim> claims = part();
    std::move(claims.begin(), claims.end(), std::back_inserter(all));
  }
  const auto number = [](const Claim& claim) {
    const std::vector<std::string> order = {
        "fig1c",           "tomography_bits", "fig2",          "bias",     "fig3",  "fig4",  "fig5",
        "fig5_platform",   "cpu_speedup",     "fig6",          "fig7a",    "fig7b", "fig8",  "fig9",
        "fig9_bits",       "bias_variance",   "fig10",         "fig11",    "fig12", "fig13", "fig14",
        "precision_sweep", "board",           "fpga_numerics", "variance", "table1"};
    return std::find(order.begin(), order.end(), claim.figure) - order.begin();
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const Claim& a, const Claim& b) { return number(a) < number(b); });
  return all;
}

std::vector<ClaimResult> evaluate_claims(const RunSet& set) {
  std::vector<ClaimResult> results;
  for (Claim& claim : all_claims()) {
    Finding finding = claim.evaluate(set);
    if (finding.verdict != Verdict::undecided) finding.to_decide.reset();
    results.push_back({std::move(claim), std::move(finding)});
  }
  return results;
}

}  // namespace zipml
