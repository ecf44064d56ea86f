#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 1.0;   // percent of the final loss
constexpr double kLeastBytes = 1e9;  // of the training rows in float32: beyond the caches of any CPU
constexpr const char* kFigure = "cpu_speedup";

struct Panel {
  std::string letter, dataset;
  bool unit_noise;  // or as much as the model explains
};

std::vector<Panel> panels() {
  return {{"a", "Synthetic 1000, labels half noise", false}, {"b", "Synthetic 1000", true}};
}

double float_bytes(const Run& run) {
  return sizeof(float) * static_cast<double>(run.train_rows) * static_cast<double>(run.features);
}

RunFilter data_of(const Panel& panel) {
  return [=](const Run& run) {
    const Json::json_pointer noise("/dataset/noise");
    return run.text("/dataset/kind") == "synthetic" && run.config.contains(noise) &&
           (run.config.at(noise).get<double>() == 1.0) == panel.unit_noise;
  };
}

// With nothing beside it.
RunFilter timed_on(std::string engine, RunFilter filter) {
  return [engine = std::move(engine), filter = std::move(filter)](const Run& run) {
    const Json::json_pointer timed("/measure/timed");
    return run.text("/engine/kind") == engine && run.config.contains(timed) && run.config.at(timed) == true &&
           filter(run);
  };
}

struct Candidate {
  std::string kind;
  std::int64_t bits;
  std::string sampling;
  std::string name() const {
    return std::to_string(bits) + "-bit " + (kind == "naive" ? "single draw" : "double sampling") +
           (sampling == "once" ? "" : ", fresh draws");
  }
};

std::vector<Candidate> candidates() {
  std::vector<Candidate> all;
  for (const std::string kind : {"double_sampling", "naive"}) {
    for (const std::int64_t bits : {8, 4, 2}) all.push_back({kind, bits, "once"});
  }
  all.push_back({"double_sampling", 4, "fresh"});
  return all;
}

// Float32: synchronous, then Hogwild. The low-precision ones follow.
constexpr std::size_t kReferences = 2;

Query query_of(const Panel& panel) {
  const auto data = [of_panel = data_of(panel)](const Run& run) {
    return of_panel(run) && float_bytes(run) >= kLeastBytes;
  };
  Query query{
      kFigure, data, {timed_on("synchronous", full_precision()), timed_on("hogwild", full_precision())}};
  query.engine_varies = true;
  for (const Candidate& candidate : candidates()) {
    query.roles.push_back(
        timed_on("integer", quantized_samples(candidate.kind, candidate.bits, candidate.sampling)));
  }
  return query;
}

// The faster of both float32 runs over the candidate's, to 1% above the final loss of synchronous float32.
// 0: the candidate does not get there.
SeedValue speed_up(bool count_store) {
  return [=](const std::vector<const Run*>& runs) {
    const double limit = runs.at(0)->final_loss() * (1.0 + kTolerance / 100.0);
    if (!std::isfinite(limit)) return kNan;
    const double reference =
        std::min(wall_seconds_to(*runs.at(0), limit), wall_seconds_to(*runs.at(1), limit));
    const double store = count_store ? runs.at(2)->wall.store_seconds : 0.0;
    return loss_ratio(reference, wall_seconds_to(*runs.at(2), limit) + store);
  };
}

// Why there is nothing to compare: results on data that fit the caches show the caches.
std::string missing_note(const RunSet& set, const Panel& panel) {
  double most = 0.0;
  for (const Run& run : set.runs) {
    if (run.config_name == kFigure && data_of(panel)(run)) most = std::max(most, float_bytes(run));
  }
  if (most == 0.0) return "no results";
  if (most >= kLeastBytes) return "some of the compared series missing";
  return "results on " + format_value(most / 1e6) + " MB in float32 only, too little to leave the caches; " +
         "1,000 MB or more are needed: --scale paper";
}

std::string best_note(const Selection& selection, std::size_t role, const std::string& name) {
  std::vector<double> stores;
  for (const std::uint64_t seed : selection.common_seeds({0, 1, role}))
    stores.push_back(selection.roles[role].at(seed)->wall.store_seconds);
  const Run& run = *selection.roles[role].begin()->second;
  return "best: " + name + ", of which levels and first draws take " + format_value(median(stores)) +
         " s beforehand; wall time of " + std::to_string(run.wall.threads) + " threads on " + run.wall.cpu +
         ", not reproducible";
}

Finding best_of(const RunSet& set, const Panel& panel, bool count_store, const Region& region) {
  const Selection selection = select_runs(set, query_of(panel));
  const std::vector<Candidate> all = candidates();
  Finding best;
  best.interval = {kNan, kNan, kNan};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t role = kReferences + i;
    if (!selection.any() || selection.common_seeds({0, 1, role}).empty()) continue;
    Finding finding = measure(selection, {0, 1, role}, speed_up(count_store), region);
    if (best.verdict != Verdict::not_run && !(finding.interval.value > best.interval.value)) continue;
    finding.note = join_notes(finding.note, best_note(selection, role, all[i].name()));
    best = std::move(finding);
  }
  if (best.verdict == Verdict::not_run) best.note = missing_note(set, panel);
  if (best.interval.value == 0.0) best.note += " (0: none gets there)";
  return best;
}

}  // namespace

std::vector<Claim> speedup_claims() {
  struct Text {
    std::string claim, paper;
    bool count_store;
    Region region;
  };
  const std::vector<Text> texts = {
      {"ours: seconds until the loss is 1% above the final one of 32-bit, 32-bit / best low precision, on "
       "this "
       "CPU: 4 or more",
       "6.5x on the FPGA", false, at_least(4.0)},
      {"ours: the same is 6.5 or more, as on the paper's FPGA", "6.5x on the FPGA", false, at_least(6.5)},
      {"ours: the same with the time to draw and store the samples beforehand counted: 1 or more", "-", true,
       at_least(1.0)}};
  std::vector<Claim> claims;
  for (const Panel& panel : panels()) {
    for (const Text& text : texts) {
      claims.push_back(
          {kFigure, "(" + panel.letter + ") " + text.claim, text.paper, "x", panel.dataset,
           [=](const RunSet& set) { return best_of(set, panel, text.count_store, text.region); }});
    }
  }
  return claims;
}

}  // namespace zipml
