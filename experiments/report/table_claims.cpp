#include <algorithm>
#include <limits>

#include "experiments/report/finding.h"
#include "experiments/report/paper_sets.h"

namespace zipml {
namespace {

std::string counts(std::uint64_t train, std::uint64_t test, std::uint64_t features) {
  return std::to_string(train) + " / " + std::to_string(test) + " / " + std::to_string(features);
}

Finding loaded_counts(const RunSet& set, const PaperSet& paper) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Finding finding;
  finding.interval = {kNan, kNan, kNan};
  const Selection selection = select_runs(set, {"table1", paper.filter, {[](const Run&) { return true; }}});
  const Run* run = selection.any();
  if (!run) {
    finding.note = "no results";
    return finding;
  }
  finding.dataset = run->dataset_title;
  finding.seeds = 1;
  finding.runs = {run->id};
  finding.value_text = counts(run->train_rows, run->test_rows, run->features);
  const bool equal = run->train_rows == paper.train_rows && run->test_rows == paper.test_rows &&
                     run->features == paper.features;
  finding.verdict = equal ? Verdict::holds : Verdict::fails;
  if (!run->dataset_stand_in_for.empty()) {
    finding.value_text += " (stand-in)";
    finding.verdict = Verdict::undecided;
    finding.note = "a stand-in, not the paper's set";
  }
  return finding;
}

}  // namespace

std::vector<PaperSet> paper_sets() {
  return {
      {"Synthetic 10", 10000, 10000, 10, synthetic(10)},
      {"Synthetic 100", 10000, 10000, 100, synthetic(100)},
      {"Synthetic 1000", 10000, 10000, 1000, synthetic(1000)},
      {"YearPrediction", 463715, 51630, 90, dataset_kind("year-prediction", "year-like")},
      {"cadata", 10000, 10640, 8, dataset_kind("cadata", "cadata-like")},
      {"cpusmall", 6000, 2192, 12, dataset_kind("cpusmall", "cpusmall-like")},
      {"cod-rna", 59535, 271617, 8, dataset_kind("cod-rna", "cod-rna-like")},
      {"gisette", 6000, 1000, 5000, dataset_kind("gisette", "gisette-like")},
  };
}

const PaperSet* find_paper_set(std::string_view title) {
  static const std::vector<PaperSet> sets = paper_sets();
  const auto found =
      std::find_if(sets.begin(), sets.end(), [&](const PaperSet& set) { return set.title == title; });
  return found == sets.end() ? nullptr : &*found;
}

std::vector<Claim> table_claims() {
  std::vector<Claim> claims;
  for (const PaperSet& paper : paper_sets()) {
    claims.push_back({"table1", "training rows / test rows / features as loaded are the paper's",
                      counts(paper.train_rows, paper.test_rows, paper.features), "rows", paper.title,
                      [=](const RunSet& set) { return loaded_counts(set, paper); }});
  }
  return claims;
}

}  // namespace zipml
