#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "experiments/report/claims.h"

namespace zipml {

/// One number of one seed, from the runs of that seed in the order of the query's roles.
using SeedValue = std::function<double(const std::vector<const Run*>&)>;

/// Does the value change from seed to seed? If not, one seed is enough for a verdict.
enum class Varies { with_seed, not_with_seed };

/// Finds the query's runs, takes the value of every seed that all roles have and judges the median over them.
Finding measure(const RunSet& set, const Query& query, const SeedValue& value, const Region& region,
                Varies varies = Varies::with_seed);

/// The same for some roles of a selection that was made before.
Finding measure(const Selection& selection, const std::vector<std::size_t>& roles, const SeedValue& value,
                const Region& region, Varies varies = Varies::with_seed);

/// By how many percent the final loss of the first run is above that of the second. A diverged run has an
/// infinite loss; if both diverged the result is NaN, as nothing can be said.
double percent_above(const std::vector<const Run*>& runs);

/// First epoch with a loss of at most `limit`; infinite if there is none.
double epochs_to(const Run& run, double limit);

/// Wall seconds of the epochs until the loss is at most `limit`, the loss between two epochs taken to be
/// linear in time; infinite if it never is.
double wall_seconds_to(const Run& run, double limit);

/// a / b; NaN if both are infinite.
double loss_ratio(double a, double b);

/// "20 epochs, 4000 training rows": what the runs of a selection were.
std::string describe_setting(const Selection& selection);

/// What a reader must know about an interval over so few seeds; empty for many.
std::string seeds_note(std::size_t seeds);

/// Adds ids that are not there yet.
void add_runs(Finding& finding, const std::vector<std::string>& ids);

/// An undecided claim that is put together from several comparisons needs the seeds of the one among them
/// that needs most.
void add_seeds_needed(Finding& finding, const Finding& part);

/// Joins two notes by "; ".
std::string join_notes(const std::string& first, const std::string& second);

/// "14", "6 or more" or "more than 100"; "-" for none.
std::string format_seeds(const std::optional<SeedsNeeded>& seeds);

/// For people: 4 significant digits; "inf" and "-" for what is not finite.
std::string format_value(double value);

}  // namespace zipml
