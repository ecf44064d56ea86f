#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/report/figure8_sets.h"
#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTolerance = 1.0;  // percent of final loss

Claim same_loss(const Figure8Set& data) {
  return {"fig8",
          "(" + data.letter + ") " + std::to_string(data.paper_bits) +
              "-bit double sampling ends at most 1% above 32-bit",
          "same loss",
          "%",
          data.title,
          [=](const RunSet& set) {
            const Query query{
                "fig8",
                data.filter,
                {quantized_samples("double_sampling", data.paper_bits, "fresh"), full_precision()}};
            return measure(set, query, percent_above, at_most(kTolerance));
          }};
}

// Role 0 is full precision, role b is b bits.
Selection all_precisions(const RunSet& set, const Figure8Set& data) {
  Query query{"fig8", data.filter, {full_precision()}};
  for (int b = 1; b <= kMostBits; ++b)
    query.roles.push_back(quantized_samples("double_sampling", b, "fresh"));
  return select_runs(set, query);
}

void keep_least(double& least, bool reached, int bits) {
  if (reached) least = std::min(least, static_cast<double>(bits));
}

// Smallest sufficient bits: of the medians, and between what the intervals do not exclude and what they
// prove.
Finding bits_needed(const RunSet& set, const Figure8Set& data, const Region& region) {
  const Selection selection = all_precisions(set, data);
  Finding finding;
  finding.interval = {kInfinity, kInfinity, kInfinity};
  std::string missing;
  for (int b = 1; b <= kMostBits; ++b) {
    const Finding one =
        measure(selection, {static_cast<std::size_t>(b), 0}, percent_above, at_most(kTolerance));
    if (one.verdict == Verdict::not_run) {
      missing += (missing.empty() ? "" : ", ") + std::to_string(b);
      continue;
    }
    add_runs(finding, one.runs);
    finding.dataset = one.dataset;
    finding.seeds = finding.seeds == 0 ? one.seeds : std::min(finding.seeds, one.seeds);
    keep_least(finding.interval.value, one.interval.value <= kTolerance, b);
    keep_least(finding.interval.low, one.verdict != Verdict::fails, b);
    keep_least(finding.interval.high, one.verdict == Verdict::holds, b);
    if (b <= region.most) add_seeds_needed(finding, one);
  }
  if (finding.runs.empty() || !missing.empty()) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    finding = Finding{};
    finding.interval = {nan, nan, nan};
    finding.note = selection.any() ? "not run at " + missing + " bits" : "no results";
    return finding;
  }
  finding.verdict = judge(finding.interval, region);
  finding.note = join_notes(describe_setting(selection), seeds_note(finding.seeds));
  if (std::isinf(finding.interval.value)) {
    finding.note = join_notes(finding.note, "inf: more than " + std::to_string(kMostBits) + " bits");
  }
  return finding;
}

Claim bits_needed_claim(const Figure8Set& data) {
  const std::string bits = std::to_string(data.paper_bits);
  return {"fig8",
          "(" + data.letter + ") ours: smallest b that ends at most 1% above 32-bit is at most the paper's " +
              bits,
          bits + " bits shown",
          "bits",
          data.title,
          [=](const RunSet& set) { return bits_needed(set, data, at_most(data.paper_bits)); }};
}

std::string with_interval(const Interval& interval) {
  return format_value(interval.value) + " [" + format_value(interval.low) + ", " +
         format_value(interval.high) + "]";
}

Finding growth(const RunSet& set) {
  const Region any = at_least(-kInfinity);
  const std::vector<Figure8Set> sets = figure8_sets();
  Finding finding;
  std::vector<Interval> needed;
  for (std::size_t i = 0; i < kSyntheticSets; ++i) {
    const Finding one = bits_needed(set, sets[i], any);
    if (one.verdict == Verdict::not_run) {
      const double nan = std::numeric_limits<double>::quiet_NaN();
      finding = Finding{};
      finding.interval = {nan, nan, nan};
      finding.note = sets[i].title + ": " + one.note;
      return finding;
    }
    needed.push_back(one.interval);
    add_runs(finding, one.runs);
    add_seeds_needed(finding, one);
    finding.seeds = i == 0 ? one.seeds : std::min(finding.seeds, one.seeds);
    finding.note = join_notes(finding.note, sets[i].title + ": " + with_interval(one.interval) + " bits");
  }
  finding.dataset = "Synthetic 10, 100, 1000";
  const Interval &first = needed.front(), &last = needed.back();
  finding.interval = {last.value - first.value, last.low - first.high, last.high - first.low};
  finding.verdict = judge(finding.interval, at_least(1.0));
  const bool in_order = needed[0].value <= needed[1].value && needed[1].value <= needed[2].value;
  if (finding.verdict == Verdict::holds && !in_order) finding.verdict = Verdict::undecided;
  return finding;
}

}  // namespace

std::vector<Claim> bits_claims() {
  std::vector<Claim> claims;
  for (const Figure8Set& data : figure8_sets()) claims.push_back(same_loss(data));
  for (const Figure8Set& data : figure8_sets()) claims.push_back(bits_needed_claim(data));
  claims.push_back({"fig8", "bits needed grow with n: n = 1000 needs 1 bit more than n = 10, or above",
                    "3, 4, 6 bits", "bits", "Synthetic 10, 100, 1000", growth});
  return claims;
}

}  // namespace zipml
