#include "fpga_model/cycle_report.h"

#include <algorithm>

namespace zipml::fpga {

const char* stall_name(Stall stall) {
  static constexpr const char* kNames[kStallCount] = {
      "memory_bandwidth", "memory_latency",   "fifo_full", "pipeline_drain",
      "model_write_back", "batch_dependency", "input_gap", "control"};
  return kNames[static_cast<std::size_t>(stall)];
}

std::string what_binds(const CycleReport& report) {
  const auto stalled = [&report](Stall stall) { return report.stalls[static_cast<std::size_t>(stall)]; };
  if (stalled(Stall::kMemoryBandwidth) * 20 >= report.cycles_total)
    return stall_name(Stall::kMemoryBandwidth);
  const auto most = std::max_element(report.stalls.begin(), report.stalls.end());
  if (*most <= report.busy_cycles) return "compute";
  return stall_name(static_cast<Stall>(most - report.stalls.begin()));
}

}  // namespace zipml::fpga
