#include <algorithm>
#include <cmath>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

const std::string kFigure = "fig12", kSet = "cod-rna";

struct PaperShare {
  int bits;
  double percent;
};
// The legend of figure 12.
constexpr PaperShare kPaper[] = {{4, 67.63}, {5, 38.31}, {6, 19.95}, {7, 10.83}, {8, 6.23}};
constexpr double kFactor = 1.25;

RunFilter cod_rna() { return with_model(dataset_kind("cod-rna", "cod-rna-like"), "hinge"); }
RunFilter gisette() { return with_model(dataset_kind("gisette", "gisette-like"), "hinge"); }

RunFilter refetched(int bits, const std::string& bound = "step") {
  return samples_with({{"kind", "refetch_l1"}, {"bits", bits}, {"bound", bound}});
}

RunFilter sketched() { return samples_with({{"kind", "refetch_l2"}}); }

double percent_refetched(const std::vector<const Run*>& runs) { return 100.0 * runs.at(0)->share_refetched; }

// The last of the runs is full precision.
std::vector<RunFilter> all_bits() {
  std::vector<RunFilter> roles;
  for (const PaperShare& paper : kPaper) roles.push_back(refetched(paper.bits));
  roles.push_back(full_precision());
  return roles;
}

Claim share_claim(const PaperShare& paper) {
  const std::string bits = std::to_string(paper.bits), percent = format_value(paper.percent);
  return {kFigure,
          bits + "-bit l1 refetching reads " + percent + "% of the rows again, within a factor of 1.25",
          percent + "%",
          "%",
          kSet,
          [=](const RunSet& set) {
            return measure(set, {kFigure, cod_rna(), {refetched(paper.bits)}}, percent_refetched,
                           {paper.percent / kFactor, paper.percent * kFactor});
          }};
}

Claim nearest_claim(const PaperShare& paper) {
  const std::string bits = std::to_string(paper.bits), percent = format_value(paper.percent);
  return {kFigure,
          "ours: " + bits + " bits with half the bound (nearest level): " + percent +
              "% again, within a factor of 1.25",
          "-",
          "%",
          kSet,
          [=](const RunSet& set) {
            return measure(set, {kFigure, cod_rna(), {refetched(paper.bits, "nearest")}}, percent_refetched,
                           {paper.percent / kFactor, paper.percent * kFactor});
          }};
}

// Geometric mean over the four bits from 4 to 8.
double factor_per_bit(const std::vector<const Run*>& runs) {
  return std::pow(runs.at(1)->share_refetched / runs.at(0)->share_refetched, 0.25);
}

double most_percent_above(const std::vector<const Run*>& runs) {
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + 1 < runs.size(); ++i)
    most = std::max(most, percent_above({runs[i], runs.back()}));
  return most;
}

double most_accuracy_lost(const std::vector<const Run*>& runs) {
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + 1 < runs.size(); ++i)
    most = std::max(most, 100.0 * (runs.back()->test_accuracy - runs[i]->test_accuracy));
  return most;
}

double bytes_saved(const std::vector<const Run*>& runs) {
  return static_cast<double>(runs.at(1)->bytes_read) / static_cast<double>(runs.at(0)->bytes_read);
}

Claim l2_claim(const std::string& letter, const std::string& dataset, const RunFilter& filter) {
  return {kFigure,
          "ours: (" + letter + ") l2 refetching takes at most 1% of the slopes from the wrong side",
          "never run",
          "%",
          dataset,
          [=](const RunSet& set) {
            Finding finding = measure(
                set, {kFigure, filter, {sketched(), full_precision()}},
                [](const std::vector<const Run*>& runs) { return 100.0 * runs.at(0)->share_flipped; },
                at_most(1.0));
            const Selection selection = select_runs(set, {kFigure, filter, {sketched(), full_precision()}});
            const std::vector<std::uint64_t> seeds = selection.common_seeds({0, 1});
            if (seeds.empty()) return finding;
            const Run& run = *selection.roles[0].at(seeds.front());
            const double bits =
                8.0 * static_cast<double>(run.bytes_read) / static_cast<double>(run.values_read);
            finding.note = join_notes(
                finding.note, "r = " + std::to_string(run.integer("/precision/samples/sketch")) + ", " +
                                  format_value(100.0 * run.share_refetched) + "% read again, " +
                                  format_value(bits) + " bits a value in all, loss " +
                                  format_value(percent_above({&run, selection.roles[1].at(seeds.front())})) +
                                  "% above 32-bit (seed " + std::to_string(seeds.front()) + ")");
            return finding;
          }};
}

}  // namespace

std::vector<Claim> refetch_claims() {
  std::vector<Claim> claims;
  for (const PaperShare& paper : kPaper) claims.push_back(share_claim(paper));
  claims.push_back({kFigure, "the share falls by about half a bit: 0.45 to 0.65 a bit from 4 to 8 bits",
                    "0.551 (from 67.63 to 6.23%)", "x", kSet, [](const RunSet& set) {
                      return measure(set, {kFigure, cod_rna(), {refetched(4), refetched(8)}}, factor_per_bit,
                                     {0.45, 0.65});
                    }});
  claims.push_back({kFigure,
                    "l1 refetching at 4 to 8 bits: the highest final loss is at most 1% above 32-bit",
                    "same loss", "%", kSet, [](const RunSet& set) {
                      return measure(set, {kFigure, cod_rna(), all_bits()}, most_percent_above, at_most(1.0));
                    }});
  claims.push_back({kFigure, "the same: test accuracy is at most 0.5 points below 32-bit", "same accuracy",
                    "points", kSet, [](const RunSet& set) {
                      return measure(set, {kFigure, cod_rna(), all_bits()}, most_accuracy_lost, at_most(0.5));
                    }});
  for (const PaperShare& paper : kPaper) claims.push_back(nearest_claim(paper));
  claims.push_back(
      {kFigure, "ours: 8-bit l1 refetching reads half the bytes of 32-bit or less, refetched rows included",
       "-", "x", kSet, [](const RunSet& set) {
         return measure(set, {kFigure, cod_rna(), {refetched(8), full_precision()}}, bytes_saved,
                        at_least(2.0));
       }});
  claims.push_back(l2_claim("a", kSet, cod_rna()));
  claims.push_back(l2_claim("b", "gisette", gisette()));
  return claims;
}

}  // namespace zipml
