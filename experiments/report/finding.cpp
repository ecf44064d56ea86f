#include "experiments/report/finding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string missing_note(const Selection& selection, const std::vector<std::size_t>& roles) {
  if (!selection.any()) return "no results";
  const auto empty =
      std::count_if(roles.begin(), roles.end(), [&](std::size_t r) { return selection.roles[r].empty(); });
  if (empty > 0)
    return std::to_string(empty) + " of the " + std::to_string(roles.size()) + " compared series missing";
  return "the compared series share no seed";
}

std::string diverged_note(const Selection& selection, const std::vector<std::size_t>& roles,
                          const std::vector<std::uint64_t>& seeds) {
  std::size_t diverged = 0, total = 0;
  for (const std::size_t role : roles) {
    for (const std::uint64_t seed : seeds) {
      ++total;
      if (selection.roles[role].at(seed)->diverged) ++diverged;
    }
  }
  if (diverged == 0) return "";
  return std::to_string(diverged) + " of " + std::to_string(total) + " runs diverged (final loss infinite)";
}

std::string unpaired_note(const Selection& selection, const std::vector<std::size_t>& roles,
                          std::size_t paired) {
  std::size_t most = 0;
  for (const std::size_t role : roles) most = std::max(most, selection.roles[role].size());
  if (most == paired) return "";
  return std::to_string(most - paired) + " seeds without partner left aside";
}

}  // namespace

std::string seeds_note(std::size_t seeds) {
  if (seeds < kLeastSeeds)
    return std::to_string(seeds) + (seeds == 1 ? " seed is" : " seeds are") + " too few for a verdict";
  if (seeds > kRangeSeeds) return "";
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%zu seeds: the interval is their range, at most %.4g%% sure",
                seeds, 100.0 * range_coverage(seeds));
  return text.data();
}

double loss_ratio(double a, double b) {
  if (std::isinf(a) && std::isinf(b)) return kNan;
  return a / b;
}

double epochs_to(const Run& run, double limit) {
  for (std::size_t epoch = 1; epoch < run.train_loss.size(); ++epoch) {
    if (run.train_loss[epoch] <= limit) return static_cast<double>(epoch);
  }
  return std::numeric_limits<double>::infinity();
}

double wall_seconds_to(const Run& run, double limit) {
  double seconds = 0.0;
  if (run.train_loss.at(0) <= limit) return seconds;
  for (std::size_t epoch = 1; epoch < run.train_loss.size(); ++epoch) {
    const double before = run.train_loss[epoch - 1], after = run.train_loss[epoch];
    const double taken = run.wall.epoch_seconds.at(epoch - 1);
    if (after <= limit) return seconds + taken * (before - limit) / (before - after);
    seconds += taken;
  }
  return std::numeric_limits<double>::infinity();
}

double percent_above(const std::vector<const Run*>& runs) {
  return 100.0 * (loss_ratio(runs.at(0)->final_loss(), runs.at(1)->final_loss()) - 1.0);
}

std::string describe_setting(const Selection& selection) {
  const Run* run = selection.any();
  if (!run) return "";
  // What was asked for: a diverged run ends early.
  std::string text;
  if (!run->train_loss.empty()) {
    const std::pair<const char*, const char*> lengths[] = {{"/solver/iterations", " iterations, "},
                                                           {"/solver/epochs", " epochs, "},
                                                           {"/measure/epochs", " epochs, "}};
    for (const auto& [pointer, unit] : lengths) {
      const std::int64_t asked = run->integer(pointer);
      if (asked < 0) continue;
      text = std::to_string(asked) + unit;
      break;
    }
  }
  text += std::to_string(run->train_rows) + " training rows";
  if (selection.other_settings > 0) {
    text += "; results of " + std::to_string(selection.other_settings) + " other settings left aside";
  }
  return text;
}

void add_runs(Finding& finding, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (std::find(finding.runs.begin(), finding.runs.end(), id) == finding.runs.end())
      finding.runs.push_back(id);
  }
}

void add_seeds_needed(Finding& finding, const Finding& part) {
  if (!part.to_decide) return;
  const auto rank = [](const SeedsNeeded& needed) { return std::pair(needed.count, needed.at_least); };
  if (!finding.to_decide || rank(*finding.to_decide) < rank(*part.to_decide))
    finding.to_decide = part.to_decide;
}

std::string format_seeds(const std::optional<SeedsNeeded>& seeds) {
  if (!seeds) return "-";
  if (seeds->count > kMostSeedsTold) return "more than " + std::to_string(kMostSeedsTold);
  return std::to_string(seeds->count) + (seeds->at_least ? " or more" : "");
}

std::string join_notes(const std::string& first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return first + "; " + second;
}

Finding measure(const Selection& selection, const std::vector<std::size_t>& roles, const SeedValue& value,
                const Region& region, Varies varies) {
  Finding finding;
  finding.interval = {kNan, kNan, kNan};
  const std::vector<std::uint64_t> seeds = selection.common_seeds(roles);
  if (seeds.empty()) {
    finding.note = missing_note(selection, roles);
    return finding;
  }
  std::vector<double> values;
  for (const std::uint64_t seed : seeds) {
    std::vector<const Run*> runs;
    for (const std::size_t role : roles) runs.push_back(selection.roles[role].at(seed));
    values.push_back(value(runs));
    for (const Run* run : runs) add_runs(finding, {run->id});
  }
  finding.seeds = seeds.size();
  finding.dataset = selection.any()->dataset_title;
  finding.interval = median_interval(values);
  const bool enough = varies == Varies::not_with_seed || seeds.size() >= kLeastSeeds;
  finding.verdict = enough ? judge(finding.interval, region) : Verdict::undecided;
  if (finding.verdict == Verdict::undecided && varies == Varies::with_seed)
    finding.to_decide = seeds_to_decide(values, region);
  finding.note = describe_setting(selection);
  if (varies == Varies::with_seed) finding.note = join_notes(finding.note, seeds_note(seeds.size()));
  finding.note = join_notes(finding.note, unpaired_note(selection, roles, seeds.size()));
  finding.note = join_notes(finding.note, diverged_note(selection, roles, seeds));
  return finding;
}

Finding measure(const RunSet& set, const Query& query, const SeedValue& value, const Region& region,
                Varies varies) {
  std::vector<std::size_t> roles(query.roles.size());
  std::iota(roles.begin(), roles.end(), std::size_t{0});
  return measure(select_runs(set, query), roles, value, region, varies);
}

std::string format_value(double value) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

}  // namespace zipml
