#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr int kBits = 4;
const std::string kFigure = "bias", kSet = "Synthetic 100";

Claim against_full_precision(const std::string& text, const std::string& paper, const RunFilter& tested,
                             const Region& region) {
  return {kFigure, text, paper, "%", kSet, [=](const RunSet& set) {
            return measure(set, {kFigure, synthetic(100), {tested, full_precision()}}, percent_above, region);
          }};
}

// By how much quantizing once ends above drawing anew every epoch.
Claim once_against_fresh(const std::string& text, const std::string& kind) {
  return {kFigure, text, "-", "%", kSet, [=](const RunSet& set) {
            const Query query{
                kFigure,
                synthetic(100),
                {quantized_samples(kind, kBits, "once"), quantized_samples(kind, kBits, "fresh")}};
            return measure(set, query, percent_above, at_least(0.0));
          }};
}

}  // namespace

std::vector<Claim> bias_claims() {
  const RunFilter rounding = quantized_samples("deterministic", kBits, "");
  const RunFilter naive = quantized_samples("naive", kBits, "fresh");
  const RunFilter doubled = quantized_samples("double_sampling", kBits, "fresh");
  return {
      against_full_precision("4-bit deterministic rounding ends above 32-bit, by 1% or more",
                             "about 7% above (9% in the picture)", rounding, at_least(1.0)),
      against_full_precision("the gap of deterministic rounding is 7% within a factor of 2: 3.5% to 14%",
                             "about 7%", rounding, {3.5, 14.0}),
      against_full_precision("4-bit naive stochastic quantization ends above 32-bit, by 1% or more", "above",
                             naive, at_least(1.0)),
      against_full_precision("4-bit double sampling ends at most 1% above 32-bit", "within noise", doubled,
                             at_most(1.0)),
      once_against_fresh("ours: naive, quantized once, ends above naive with fresh draws (0% or more)",
                         "naive"),
      once_against_fresh("ours: double sampling, quantized once, ends above fresh draws (0% or more)",
                         "double_sampling"),
  };
}

}  // namespace zipml
