#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "experiments/report/finding.h"
#include "experiments/report/fpga_roles.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 1.0;  // percent above the exact minimum
constexpr const char* kFigure = "precision_sweep";

constexpr std::array kQuantizedBits = {8, 4, 2, 1};

// A family of engines on a board.
struct Family {
  std::string name, platform, prefix, estimator;
};

// Role 0 is float, the others are kQuantizedBits.
Query family_query(const Family& family, const RunFilter& data) {
  Query query{kFigure, data, {on_engine(full_precision(), family.prefix + "float", family.platform)}};
  const std::string sampling = family.estimator == "double_sampling" ? "fresh" : "";
  for (const int bits : kQuantizedBits) {
    query.roles.push_back(on_engine(quantized_samples(family.estimator, bits, sampling),
                                    family.prefix + "q" + std::to_string(bits), family.platform));
  }
  return query;
}

double seconds_to_minimum(const Run& run) {
  if (!run.exact_minimum) return kNan;
  return seconds_to(run, *run.exact_minimum * (1.0 + kTolerance / 100.0));
}

// Float's seconds over those of the fastest quantized engine.
double best_speedup(const std::vector<const Run*>& runs) {
  std::vector<double> seconds;
  for (const Run* run : runs) seconds.push_back(seconds_to_minimum(*run));
  if (std::any_of(seconds.begin(), seconds.end(), [](double s) { return std::isnan(s); })) return kNan;
  return loss_ratio(seconds[0], *std::min_element(seconds.begin() + 1, seconds.end()));
}

// Most bits at which computing binds and not the memory; 0 if the memory binds everywhere.
double most_compute_bits(const std::vector<const Run*>& runs) {
  std::int64_t most = 0;
  for (const Run* run : runs) {
    if (run->fpga->binds == "compute") most = std::max(most, run->fpga->bits);
  }
  return static_cast<double>(most);
}

std::string seconds_note(const Selection& selection, const Query& query) {
  std::string note = "median seconds";
  for (const std::size_t role : all_roles(query)) {
    std::vector<double> seconds;
    for (const std::uint64_t seed : selection.common_seeds(all_roles(query))) {
      seconds.push_back(seconds_to_minimum(*selection.roles[role].at(seed)));
    }
    const double middle = median(seconds);
    note += (role == 0 ? ": " : ", ") + selection.roles[role].begin()->second->fpga->design + " " +
            (std::isinf(middle) ? "never" : format_value(middle));
  }
  return note;
}

Claim family_claim(const Family& family, const std::string& letter, const std::string& dataset,
                   const RunFilter& data, const std::string& text, const std::string& paper,
                   const std::string& unit, const SeedValue& value, const Region& region, Varies varies) {
  return {
      kFigure, "(" + letter + ") " + family.name + ": " + text, paper, unit, dataset, [=](const RunSet& set) {
        const Query query = family_query(family, data);
        const Selection selection = select_runs(set, query);
        Finding finding = measure(selection, all_roles(query), value, region, varies);
        if (finding.verdict == Verdict::not_run) return finding;
        finding.note =
            join_notes(finding.note, varies == Varies::with_seed ? seconds_note(selection, query)
                                                                 : binds_note(selection, all_roles(query)));
        return with_confirmation(std::move(finding), *selection.any());
      }};
}

}  // namespace

std::vector<Claim> precision_claims() {
  const Family qpi{"HARP behind QPI", "harp_qpi", "harp_", "double_sampling"};
  const Family pynq{"PYNQ", "pynq", "pynq_", "deterministic"};
  struct Panel {
    std::string letter, dataset;
    RunFilter data;
  };
  const std::vector<Panel> panels = {{"a", "Synthetic 100", synthetic(100)},
                                     {"b", "YearPrediction", dataset_kind("year-prediction", "year-like")}};
  std::vector<Claim> claims;
  for (const Panel& panel : panels) {
    for (const Family& family : {qpi, pynq}) {
      claims.push_back(family_claim(family, panel.letter, panel.dataset, panel.data,
                                    "ours: some quantized engine gets to 1% above the minimum sooner than "
                                    "float: seconds, float / fastest, is 1 or more",
                                    "-", "x", best_speedup, at_least(1.0), Varies::with_seed));
    }
    claims.push_back(
        family_claim(qpi, panel.letter, panel.dataset, panel.data,
                     "computing takes over from the memory at 1 bit: most bits at which it binds",
                     "Q1 compute bound", "bits", most_compute_bits, {1.0, 1.0}, Varies::not_with_seed));
  }
  return claims;
}

}  // namespace zipml
