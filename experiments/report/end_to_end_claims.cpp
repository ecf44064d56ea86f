#include <array>
#include <cstdio>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

struct Panel {
  std::string figure, letter, dataset;
  RunFilter filter;
  int bits;
};

double bytes_ratio(const std::vector<const Run*>& runs) {
  // Per epoch, so that a run that stopped early still compares.
  const auto per_epoch = [](const Run& run) {
    return static_cast<double>(run.bytes_read) / static_cast<double>(run.train_loss.size() - 1);
  };
  return per_epoch(*runs.at(1)) / per_epoch(*runs.at(0));
}

Query query_of(const Panel& panel) {
  return {panel.figure, panel.filter, {end_to_end(panel.bits), full_precision()}};
}

Claim same_loss(const Panel& panel) {
  const std::string bits = std::to_string(panel.bits);
  return {panel.figure,
          "(" + panel.letter + ") end-to-end " + bits + "-bit double sampling ends at most 1% above 32-bit",
          "same loss",
          "%",
          panel.dataset,
          [=](const RunSet& set) { return measure(set, query_of(panel), percent_above, at_most(1.0)); }};
}

Finding fewer_bytes(const RunSet& set, const Panel& panel) {
  const Selection selection = select_runs(set, query_of(panel));
  Finding finding = measure(selection, {0, 1}, bytes_ratio, at_least(6.0), Varies::not_with_seed);
  if (finding.verdict == Verdict::not_run) return finding;
  const Run& low = *selection.roles[0].begin()->second;
  const Run& full = *selection.roles[1].begin()->second;
  const auto with_channels = [](const Run& run) {
    return static_cast<double>(run.bytes_read + run.channel_bytes()) /
           static_cast<double>(run.train_loss.size() - 1);
  };
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(),
                "%.3g bits a value as stored, both draws included; with model and gradient channels %.3gx",
                8.0 * static_cast<double>(low.bytes_read) / static_cast<double>(low.values_read),
                with_channels(full) / with_channels(low));
  finding.note = join_notes(finding.note, text.data());
  return finding;
}

Claim fewer_bytes_claim(const Panel& panel) {
  return {
      panel.figure,  "(" + panel.letter + ") end to end reads 6x fewer sample bytes than 32-bit, or better",
      "6-8x",        "x",
      panel.dataset, [=](const RunSet& set) { return fewer_bytes(set, panel); }};
}

}  // namespace

std::vector<Claim> end_to_end_claims() {
  const RunFilter gisette = dataset_kind("gisette", "gisette-like");
  const std::vector<Panel> panels = {
      {"fig4", "a", "Synthetic 100", synthetic(100), 4},
      {"fig4", "b", "gisette", gisette, 3},
      {"fig11", "a", "cod-rna", dataset_kind("cod-rna", "cod-rna-like"), 3},
      {"fig11", "b", "gisette", gisette, 3},
  };
  std::vector<Claim> claims;
  for (const Panel& panel : panels) {
    claims.push_back(same_loss(panel));
    claims.push_back(fewer_bytes_claim(panel));
  }
  return claims;
}

}  // namespace zipml
