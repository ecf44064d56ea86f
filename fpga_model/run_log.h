#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "fpga_model/cycle_report.h"
#include "fpga_model/parts.h"

namespace zipml::fpga {

/// What a design writes down while it runs: the edges of its milestones and what every edge was good for.
struct RunLog {
  static constexpr std::int64_t kNone = -1;

  std::int64_t first_request = kNone;    ///< edge that sees the first request
  std::int64_t first_response = kNone;   ///< edge that sees the first response
  std::int64_t interval_start = kNone;   ///< edge that opens the reported interval
  std::vector<std::int64_t> epoch_ends;  ///< edge that sees each epoch's last model write
  std::int64_t busy = 0;
  std::array<std::int64_t, kStallCount> stalls{};

  /// Counts an edge inside the interval: data came in, or why not.
  void count(bool came_in, Stall why) {
    if (came_in) {
      ++busy;
    } else {
      ++stalls[static_cast<std::size_t>(why)];
    }
  }
};

/// Everything that moves by a fixed step in every period of a periodic run: the log's counts, what came in,
/// the stages' items.
inline std::vector<std::int64_t*> linear_statistics(RunLog& log, std::int64_t& came_in,
                                                    const std::vector<Stage*>& stages) {
  std::vector<std::int64_t*> all{&log.busy, &came_in};
  for (std::int64_t& stall : log.stalls) all.push_back(&stall);
  for (Stage* stage : stages) all.push_back(&stage->items());
  return all;
}

}  // namespace zipml::fpga
