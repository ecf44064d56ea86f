#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "experiments/report/finding.h"
#include "experiments/report/fpga_roles.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 1.0;  // percent of the final loss
constexpr const char* kPlatform = "harp_qpi";
const Region kSixToSeven{6.0, 7.0};

struct Panel {
  std::string letter, dataset;
  RunFilter data;
  std::int64_t features, rows;  // of the paper's set, the bias feature included
};

std::vector<Panel> panels() {
  return {{"a", "Synthetic 100", synthetic(100), 101, 10000},
          {"b", "gisette", dataset_kind("gisette", "gisette-like"), 5001, 6000}};
}

// Figure 5: training, timed.

// Seconds to the same loss, the first run's over the second's.
double seconds_ratio(const std::vector<const Run*>& runs) {
  const double limit = runs.at(0)->final_loss() * (1.0 + kTolerance / 100.0);
  if (!std::isfinite(limit)) return kNan;
  return loss_ratio(seconds_to(*runs.at(0), limit), seconds_to(*runs.at(1), limit));
}

std::string epochs_note(const Selection& selection) {
  std::string note = "median epochs:";
  const char* names[] = {" 32-bit ", ", 2-bit "};
  for (const std::size_t role : {0u, 1u}) {
    std::vector<double> epochs;
    for (const std::uint64_t seed : selection.common_seeds({0, 1})) {
      const double limit = selection.roles[0].at(seed)->final_loss() * (1.0 + kTolerance / 100.0);
      epochs.push_back(epochs_to(*selection.roles[role].at(seed), limit));
    }
    const double middle = median(epochs);
    note += names[role] + (std::isinf(middle)
                               ? "more than " + std::to_string(selection.any()->integer("/solver/epochs"))
                               : format_value(middle));
  }
  return note;
}

Claim same_loss(const Panel& panel, const std::string& text, const std::string& paper,
                const std::string& sampling) {
  return {"fig5", "(" + panel.letter + ") " + text, paper, "x", panel.dataset, [=](const RunSet& set) {
            const Selection selection = select_runs(
                set, {"fig5",
                      panel.data,
                      {on_engine(full_precision(), "harp_float", kPlatform),
                       on_engine(quantized_samples("double_sampling", 2, sampling), "harp_q2", kPlatform)}});
            Finding finding = measure(selection, {0, 1}, seconds_ratio, kSixToSeven);
            if (finding.verdict == Verdict::not_run) return finding;
            finding.note = join_notes(finding.note, epochs_note(selection));
            if (finding.interval.value == 0.0) finding.note += " (0: 2 bits do not get there)";
            return with_confirmation(std::move(finding), *selection.any());
          }};
}

// Figure 5, shapes only.

RunFilter shape_of(const Panel& panel) {
  return [=](const Run& run) {
    return run.fpga && run.fpga->features == panel.features && run.fpga->rows == panel.rows;
  };
}

// At the platform file's own rate and clock.
RunFilter as_published(const std::string& design) {
  return [=, filter = on_engine(design, kPlatform)](const Run& run) {
    return filter(run) && board_of(run) == Board{{65, 128}, 200e6};
  };
}

Finding measure_shapes(const RunSet& set, const Panel& panel, const std::vector<std::string>& designs,
                       const SeedValue& value, const Region& region) {
  Query query{"fig5_platform", shape_of(panel), {}};
  for (const std::string& design : designs) query.roles.push_back(as_published(design));
  const Selection selection = select_runs(set, query);
  Finding finding = measure(selection, all_roles(query), value, region, Varies::not_with_seed);
  if (finding.verdict == Verdict::not_run) return finding;
  finding.dataset = panel.dataset + " (shape only)";
  finding.note = binds_note(selection, all_roles(query));
  return with_confirmation(std::move(finding), *selection.any());
}

Claim shape_claim(const Panel& panel, const std::string& text, const std::string& paper,
                  const std::vector<std::string>& designs, const SeedValue& value, const Region& region) {
  return {
      "fig5_platform", "(" + panel.letter + ") " + text,
      paper,           "x",
      panel.dataset,   [=](const RunSet& set) { return measure_shapes(set, panel, designs, value, region); }};
}

Claim binds_claim(const Panel& panel, const std::string& text, const std::string& design,
                  const std::string& cause) {
  return {
      "fig5_platform", "(" + panel.letter + ") " + text, cause, "", panel.dataset, [=](const RunSet& set) {
        const auto is_bound = [=](const std::vector<const Run*>& runs) {
          return runs.at(0)->fpga->binds == cause ? 1.0 : 0.0;
        };
        Finding finding = measure_shapes(set, panel, {design}, is_bound, at_least(1.0));
        if (finding.verdict == Verdict::not_run) return finding;
        for (const Run& run : set.runs) {
          if (run.id == finding.runs.front()) finding.value_text = run.fpga->binds;
        }
        return finding;
      }};
}

// Every board on which the results have both engines.
Finding over_boards(const RunSet& set, const Panel& panel) {
  const auto slower = [](const Board& a, const Board& b) {
    return std::pair(a.lines_a_cycle(), a.clock_hz) < std::pair(b.lines_a_cycle(), b.clock_hz);
  };
  std::map<Board, std::pair<const Run*, const Run*>, decltype(slower)> boards(slower);
  for (const Run& run : set.runs) {
    if (run.config_name != "fig5_platform" || !shape_of(panel)(run)) continue;
    if (run.fpga->design == "harp_float") boards[board_of(run)].first = &run;
    if (run.fpga->design == "harp_q2") boards[board_of(run)].second = &run;
  }
  Finding finding;
  finding.interval = {kNan, kNan, kNan};
  finding.note = "no results";
  for (const auto& [board, runs] : boards) {
    if (!runs.first || !runs.second) continue;
    const double ratio = seconds_an_epoch(*runs.first) / seconds_an_epoch(*runs.second);
    const bool first = finding.runs.empty();
    finding.interval.low = first ? ratio : std::min(finding.interval.low, ratio);
    finding.interval.high = first ? ratio : std::max(finding.interval.high, ratio);
    if (first || board == Board{{65, 128}, 200e6}) finding.interval.value = ratio;
    finding.note = join_notes(first ? "lines a cycle, MHz: ratio" : finding.note,
                              format_value(board.lines_a_cycle()) + ", " +
                                  format_value(board.clock_hz / 1e6) + ": " + format_value(ratio));
    add_runs(finding, {runs.first->id, runs.second->id});
    finding.seeds = 1;
    finding.dataset = panel.dataset + " (shape only)";
  }
  if (!finding.runs.empty()) finding.verdict = judge(finding.interval, kSixToSeven);
  return finding;
}

double epoch_ratio(const std::vector<const Run*>& runs) {
  return seconds_an_epoch(*runs.at(0)) / seconds_an_epoch(*runs.at(1));
}

double byte_ratio(const std::vector<const Run*>& runs) {
  return static_cast<double>(runs.at(0)->fpga->bytes_read) /
         static_cast<double>(runs.at(1)->fpga->bytes_read);
}

}  // namespace

std::vector<Claim> engine_claims() {
  std::vector<Claim> claims;
  for (const Panel& panel : panels()) {
    claims.push_back(same_loss(panel,
                               "FPGA: seconds until the loss is 1% above the final one of 32-bit, 32-bit / "
                               "2-bit with fresh draws, is 6 to 7",
                               "6-7x", "fresh"));
    claims.push_back(same_loss(panel, "ours: the same with the draws stored once, as they lie in the memory",
                               "-", "once"));
  }
  for (const Panel& panel : panels()) {
    claims.push_back(shape_claim(panel, "seconds an epoch, float / Q2, is 6 to 7", "6-7x",
                                 {"harp_float", "harp_q2"}, epoch_ratio, kSixToSeven));
    claims.push_back(binds_claim(panel, "the float engine is bound by the memory's bandwidth", "harp_float",
                                 "memory_bandwidth"));
    claims.push_back(binds_claim(panel, "the Q1 engine is bound by computing", "harp_q1", "compute"));
    claims.push_back(shape_claim(panel,
                                 "Q2 reads 8x fewer bytes than float, both draws stored in full and lines "
                                 "padded: 7.5 to 8.5",
                                 "8x", {"harp_float", "harp_q2"}, byte_ratio, {7.5, 8.5}));
    claims.push_back({"fig5_platform",
                      "(" + panel.letter +
                          ") ours: seconds an epoch, float / Q2, is 6 to 7 at every memory rate and clock "
                          "that was tried (interval: least to largest)",
                      "6-7x", "x", panel.dataset,
                      [=](const RunSet& set) { return over_boards(set, panel); }});
  }
  return claims;
}

}  // namespace zipml
