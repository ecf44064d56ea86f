#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "experiments/report/finding.h"

namespace zipml {

/// What of a board the engines' times depend on, beside the memory's latency.
struct Board {
  std::pair<std::int64_t, std::int64_t> rate;  ///< lines, in cycles
  double clock_hz = 0;
  double lines_a_cycle() const { return static_cast<double>(rate.first) / static_cast<double>(rate.second); }
  bool operator==(const Board&) const = default;
};

/// Of a timed run.
Board board_of(const Run& run);
double seconds_an_epoch(const Run& run);

/// Seconds on the run's engine until the loss is at most `limit`; infinite if it never is.
double seconds_to(const Run& run, double limit);

/// 0, 1, ... for every role of the query.
std::vector<std::size_t> all_roles(const Query& query);

/// "harp_q2: memory_bandwidth binds; ..." for any run of each role.
std::string binds_note(const Selection& selection, const std::vector<std::size_t>& roles);

/// Adds to the note which numbers of the run's board are not confirmed.
Finding with_confirmation(Finding finding, const Run& run);

}  // namespace zipml
