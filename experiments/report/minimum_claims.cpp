#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/report/figure8_sets.h"
#include "experiments/report/finding.h"
#include "experiments/report/paper_sets.h"

namespace zipml {
namespace {

double percent_above_minimum(const std::vector<const Run*>& runs) {
  const Run& run = *runs.at(0);
  if (!run.exact_minimum) return std::numeric_limits<double>::quiet_NaN();
  return 100.0 * (run.final_loss() / *run.exact_minimum - 1.0);
}

double minimum(const std::vector<const Run*>& runs) {
  return runs.at(0)->exact_minimum.value_or(std::numeric_limits<double>::quiet_NaN());
}

Query query_of(const Figure8Set& data) { return {"fig8", data.filter, {full_precision()}}; }

Claim reaches_minimum(const Figure8Set& data) {
  return {
      "fig8",
      "(" + data.letter + ") 32-bit ends at most 1% above the exact least-squares minimum",
      "overlap with 32-bit",
      "%",
      data.title,
      [=](const RunSet& set) { return measure(set, query_of(data), percent_above_minimum, at_most(1.0)); }};
}

Finding expected_minimum(const RunSet& set, const Figure8Set& data) {
  const double expected = data.expected_minimum, slack = expected * data.tolerance / 100.0;
  const Selection selection = select_runs(set, query_of(data));
  Finding finding =
      measure(selection, {0}, minimum, {expected - slack, expected + slack}, Varies::not_with_seed);
  if (finding.verdict == Verdict::not_run) return finding;
  const PaperSet* paper = find_paper_set(data.title);
  if (!selection.any()->dataset_stand_in_for.empty() || selection.any()->train_rows != paper->train_rows) {
    finding.verdict = Verdict::not_run;
    finding.note = join_notes(finding.note, "needs the paper's set with all " +
                                                std::to_string(paper->train_rows) + " training rows");
  }
  return finding;
}

Claim expected_minimum_claim(const Figure8Set& data) {
  return {"fig8",
          "(" + data.letter + ") the exact minimum is " + format_value(data.expected_minimum) + " within " +
              format_value(data.tolerance) + "%",
          format_value(data.expected_minimum),
          "loss",
          data.title,
          [=](const RunSet& set) { return expected_minimum(set, data); }};
}

}  // namespace

std::vector<Claim> minimum_claims() {
  std::vector<Claim> claims;
  for (const Figure8Set& data : figure8_sets()) claims.push_back(reaches_minimum(data));
  for (const Figure8Set& data : figure8_sets()) {
    if (!std::isnan(data.expected_minimum)) claims.push_back(expected_minimum_claim(data));
  }
  return claims;
}

}  // namespace zipml
