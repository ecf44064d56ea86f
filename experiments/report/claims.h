#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/report/run_set.h"
#include "experiments/report/statistics.h"

namespace zipml {

/// What the results say about one claim.
struct Finding {
  Interval interval;       ///< in the claim's unit; NaN where there is none
  std::string value_text;  ///< instead of the interval where the value is not one number
  Verdict verdict = Verdict::not_run;
  std::string dataset;  ///< title of the set that was really used; empty if nothing was
  std::size_t seeds = 0;
  std::optional<SeedsNeeded> to_decide;  ///< of an undecided claim that more seeds would decide
  std::vector<std::string> runs;         ///< ids of the runs used, each once
  std::string note;                      ///< one line
};

/// One claim as data: what the paper says, and how results are held against it.
struct Claim {
  std::string
      figure;  ///< also the name of the config whose results are looked at; fig2 looks at other figures'
  std::string claim;  ///< one line; says the region in which it is true
  std::string paper;  ///< the paper's value, or "-" where the paper has none
  std::string
      unit;  ///< of the value: "%", "x", "bits", "loss", "points" (of accuracy), "rows", "dB", "SSIM" or none
  std::string dataset;  ///< the set that the paper uses
  std::function<Finding(const RunSet&)> evaluate;
};

struct ClaimResult {
  Claim claim;
  Finding finding;
};

/// Every claim, in the order of the figures; docs/claims.md defines them.
std::vector<Claim> all_claims();

std::vector<ClaimResult> evaluate_claims(const RunSet& set);

// The claims of each figure, in the order in which all_claims() joins them.
std::vector<Claim> bias_claims();
std::vector<Claim> end_to_end_claims();  ///< fig4 and fig11
std::vector<Claim> engine_claims();      ///< fig5 and fig5_platform
std::vector<Claim> speedup_claims();     ///< cpu_speedup
std::vector<Claim> batch_claims();       ///< fig6
std::vector<Claim> network_claims();     ///< fig7b
std::vector<Claim> bits_claims();        ///< fig8
std::vector<Claim> nonlinear_claims();   ///< fig9, fig9_bits and bias_variance
std::vector<Claim> refetch_claims();     ///< fig12
std::vector<Claim> minimum_claims();     ///< fig8, its full-precision curves
std::vector<Claim> histogram_claims();   ///< fig3
std::vector<Claim> optimal_claims();     ///< fig7a and fig10
std::vector<Claim> variance_claims();    ///< variance
std::vector<Claim> numerics_claims();    ///< fpga_numerics
std::vector<Claim> tomography_claims();  ///< fig1c and tomography_bits
std::vector<Claim> pipeline_claims();    ///< fig13 and fig14
std::vector<Claim> precision_claims();   ///< precision_sweep
std::vector<Claim> board_claims();       ///< board
std::vector<Claim> table_claims();       ///< table1
std::vector<Claim> channel_claims();  ///< fig2, from the results of fig1c, fig4, fig5, fig7b, fig9 and fig11

}  // namespace zipml
