#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "experiments/report/figure8_sets.h"
#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 1.0;  // percent of final loss

RunFilter sampled(int bits, const std::string& levels) {
  return quantized_levels("double_sampling", bits, levels);
}

// Figure 7(a).

constexpr int kOptimalBits = 3;
constexpr std::array kUniformBits = {3, 4, 5};

Claim year_claim(const std::string& text, const std::string& paper, const std::vector<RunFilter>& roles,
                 const Region& region) {
  return {"fig7a", text, paper, "%", "YearPrediction", [=](const RunSet& set) {
            const RunFilter year = dataset_kind("year-prediction", "year-like");
            return measure(set, {"fig7a", year, roles}, percent_above, region);
          }};
}

// Bits of the smallest uniform precision that ends within the tolerance (in percent) of 3 optimal bits,
// over 3. Role 0 is optimal, the others are kUniformBits.
double bits_saved(const std::vector<const Run*>& runs, double tolerance) {
  const double limit = runs.at(0)->final_loss() * (1.0 + tolerance / 100.0);
  if (!std::isfinite(limit)) return kNan;
  for (std::size_t i = 0; i < kUniformBits.size(); ++i) {
    if (runs.at(i + 1)->final_loss() <= limit) return static_cast<double>(kUniformBits[i]) / kOptimalBits;
  }
  return kInfinity;
}

Claim bits_saved_claim(const std::string& text, const std::string& paper, double tolerance) {
  return {"fig7a", text, paper, "x", "YearPrediction", [=](const RunSet& set) {
            Query query{
                "fig7a", dataset_kind("year-prediction", "year-like"), {sampled(kOptimalBits, "optimal")}};
            for (const int bits : kUniformBits) query.roles.push_back(sampled(bits, "uniform"));
            const auto value = [=](const std::vector<const Run*>& runs) {
              return bits_saved(runs, tolerance);
            };
            // Thirds are not exact: the region begins a little below 5/3.
            return measure(set, query, value, at_least(5.0 / 3.0 - 1e-9));
          }};
}

std::vector<Claim> year_claims() {
  const RunFilter optimal = sampled(kOptimalBits, "optimal");
  return {
      year_claim("optimal levels at 3 bits end at most 1% above uniform ones at 5 bits", "same loss",
                 {optimal, sampled(5, "uniform")}, at_most(kTolerance)),
      year_claim("optimal levels at 3 bits end at most 1% above 32-bit", "same loss",
                 {optimal, full_precision()}, at_most(kTolerance)),
      year_claim("uniform levels at 3 bits end above optimal ones at 3 bits, by 1% or more", "worse",
                 {sampled(kOptimalBits, "uniform"), optimal}, at_least(1.0)),
      year_claim("ours: uniform levels at 3 bits end above optimal ones at 3 bits (0% or more)", "-",
                 {sampled(kOptimalBits, "uniform"), optimal}, at_least(0.0)),
      bits_saved_claim(
          "bits saved at equal loss: the fewest uniform bits (of 3 to 5) that end at most 1% above 3 "
          "optimal bits, over 3, are 5/3 or more",
          "5/3 = 1.7x", kTolerance),
      bits_saved_claim(
          "ours: the fewest uniform bits (of 3 to 5) that end no higher than 3 optimal bits, over 3, "
          "are 5/3 or more",
          "-", 0.0),
  };
}

// Figure 10.

// First epoch with a loss of at most 1% above the last one of full precision; infinite if there is none.
double epochs_needed(const Run& run, const Run& full) {
  return epochs_to(run, full.final_loss() * (1.0 + kTolerance / 100.0));
}

// Roles of figure 10's queries.
enum Role : std::size_t { kUniform, kOptimal, kFull };

double epochs_ratio(const std::vector<const Run*>& runs) {
  const Run& full = *runs.at(kFull);
  if (!std::isfinite(full.final_loss())) return kNan;
  return loss_ratio(epochs_needed(*runs.at(kUniform), full), epochs_needed(*runs.at(kOptimal), full));
}

// "median epochs: uniform more than 20, optimal 7, 32-bit 3"
std::string epochs_note(const Selection& selection) {
  std::string note = "median epochs:";
  const char* names[] = {" uniform ", ", optimal ", ", 32-bit "};
  for (const Role role : {kUniform, kOptimal, kFull}) {
    std::vector<double> epochs;
    for (const std::uint64_t seed : selection.common_seeds({kUniform, kOptimal, kFull})) {
      epochs.push_back(epochs_needed(*selection.roles[role].at(seed), *selection.roles[kFull].at(seed)));
    }
    const double middle = median(epochs);
    note += names[role] + (std::isinf(middle)
                               ? "more than " + std::to_string(selection.any()->integer("/solver/epochs"))
                               : format_value(middle));
  }
  return note;
}

Finding epochs_finding(const RunSet& set, const Figure8Set& data, const Region& region) {
  const Query query{
      "fig10",
      data.filter,
      {sampled(data.figure10_bits, "uniform"), sampled(data.figure10_bits, "optimal"), full_precision()}};
  const Selection selection = select_runs(set, query);
  Finding finding = measure(selection, {kUniform, kOptimal, kFull}, epochs_ratio, region);
  if (finding.verdict != Verdict::not_run) finding.note = join_notes(finding.note, epochs_note(selection));
  return finding;
}

Claim ends_no_higher(const Figure8Set& data) {
  const std::string bits = std::to_string(data.figure10_bits);
  return {"fig10",
          "(" + data.letter + ") " + bits + "-bit optimal levels end at most 1% above uniform ones",
          "never worse",
          "%",
          data.title,
          [=](const RunSet& set) {
            const Query query{
                "fig10",
                data.filter,
                {sampled(data.figure10_bits, "optimal"), sampled(data.figure10_bits, "uniform")}};
            return measure(set, query, percent_above, at_most(kTolerance));
          }};
}

Claim no_slower(const Figure8Set& data) {
  return {
      "fig10",
      "(" + data.letter +
          ") optimal levels are never slower: epochs to within 1% of 32-bit, uniform / optimal, is 1 or more",
      "1x or more",
      "x",
      data.title,
      [=](const RunSet& set) { return epochs_finding(set, data, at_least(1.0)); }};
}

// The largest ratio over the sets where one of the two gets there.
Finding most_fewer_epochs(const RunSet& set) {
  Finding most;
  most.interval = {kNan, kNan, kNan};
  std::string missing;
  for (const Figure8Set& data : figure8_sets()) {
    const Finding one = epochs_finding(set, data, at_least(4.0));
    if (one.verdict == Verdict::not_run) {
      missing += (missing.empty() ? "" : ", ") + data.title;
      continue;
    }
    add_runs(most, one.runs);
    most.seeds = most.seeds == 0 ? one.seeds : std::min(most.seeds, one.seeds);
    if (std::isnan(one.interval.value)) continue;
    if (std::isnan(most.interval.value) || one.interval.value > most.interval.value) {
      most.interval = one.interval;
      most.dataset = one.dataset;
      most.to_decide = one.to_decide;
    }
  }
  if (most.runs.empty()) {
    most.note = "no results";
    return most;
  }
  const bool enough = most.seeds >= kLeastSeeds;
  most.verdict = enough ? judge(most.interval, at_least(4.0)) : Verdict::undecided;
  // Without all sets the largest ratio may be elsewhere.
  if (!missing.empty() && most.verdict == Verdict::fails) most.verdict = Verdict::undecided;
  most.note = seeds_note(most.seeds);
  if (!missing.empty()) most.note = join_notes(most.note, "not run: " + missing);
  if (std::isinf(most.interval.value))
    most.note = join_notes(most.note, "inf: uniform levels do not get there");
  return most;
}

}  // namespace

std::vector<Claim> optimal_claims() {
  std::vector<Claim> claims = year_claims();
  for (const Figure8Set& data : figure8_sets()) claims.push_back(ends_no_higher(data));
  for (const Figure8Set& data : figure8_sets()) claims.push_back(no_slower(data));
  claims.push_back({"fig10",
                    "on the set where they gain most, optimal levels need 4x fewer epochs, or better",
                    "up to 4x", "x", "six sets", most_fewer_epochs});
  return claims;
}

}  // namespace zipml
