#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr int kSmall = 16, kLarge = 256, kBits = 3;
const std::string kFigure = "fig6", kSet = "Synthetic 100";

using LossOfRun = double (Run::*)() const;

// Batch 256 over batch 16.
Claim large_over_small(const std::string& text, const std::string& paper, const RunFilter& precision,
                       LossOfRun loss, const Region& region) {
  return {
      kFigure, text, paper, "x", kSet, [=](const RunSet& set) {
        const Query query{
            kFigure, synthetic(100), {with_batch(precision, kLarge), with_batch(precision, kSmall)}, true};
        const Selection selection = select_runs(set, query);
        Finding finding = measure(
            selection, {0, 1},
            [loss](const std::vector<const Run*>& runs) {
              return loss_ratio((runs[0]->*loss)(), (runs[1]->*loss)());
            },
            region);
        if (finding.verdict == Verdict::not_run) return finding;
        const double large = selection.roles[0].begin()->second->alpha;
        const double small = selection.roles[1].begin()->second->alpha;
        if (large != small) {
          finding.note = join_notes(finding.note, "step sizes " + format_value(large) + " and " +
                                                      format_value(small) + " (batch 256 and 16)");
        }
        return finding;
      }};
}

}  // namespace

std::vector<Claim> batch_claims() {
  const RunFilter low = quantized_samples("double_sampling", kBits, "fresh");
  return {
      large_over_small("32-bit: batch 16 is faster: mean loss over epochs, batch 256 / 16, is 1 or more",
                       "small batch faster", full_precision(), &Run::mean_loss, at_least(1.0)),
      large_over_small("3-bit: batch 256 is at least as fast: the same ratio is at most 1",
                       "at least as fast", low, &Run::mean_loss, at_most(1.0)),
      large_over_small("3-bit: batch 256 ends at least as low: final loss, batch 256 / 16, is at most 1",
                       "at least as fast", low, &Run::final_loss, at_most(1.0)),
  };
}

}  // namespace zipml
