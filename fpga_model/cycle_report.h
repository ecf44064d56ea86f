#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace zipml::fpga {

/// Why a cycle brought no data into the engine's first stage.
enum class Stall {
  kMemoryBandwidth,  ///< the line is due, the memory's rate does not allow it yet
  kMemoryLatency,    ///< the line is asked for and on its way
  kFifoFull,         ///< no request may be made: the buffers have no room for its answer
  kPipelineDrain,    ///< the pipeline fills, or empties at the end of an epoch
  kModelWriteBack,   ///< the model is read out
  kBatchDependency,  ///< the next batch waits for the updated model
  kInputGap,         ///< a streamed input offers nothing
  kControl,          ///< a state machine's step between two groups of samples
  kCount
};
inline constexpr std::size_t kStallCount = static_cast<std::size_t>(Stall::kCount);
/// The name of a cause in every output, for example "memory_bandwidth".
const char* stall_name(Stall stall);

/// How busy one stage was.
struct StageUse {
  std::string name;
  int latency = 0;         ///< cycles
  int width_bits = 0;      ///< of the data path
  double utilisation = 0;  ///< items that entered / cycles, in [0, 1]
};

/// How full a FIFO became.
struct FifoUse {
  std::string name;
  std::int64_t depth = 0;
  std::int64_t peak = 0;
};

/// What a simulated run took. busy_cycles + the sum of stalls = cycles_total.
struct CycleReport {
  std::int64_t cycles_total = 0;  ///< over the interval the design defines, both ends included
  std::vector<std::int64_t>
      cycles_per_epoch;  ///< end of one epoch's last write to the next one's; their sum is the total
  std::int64_t cycles_from_first_request =
      0;                         ///< first request (first word offered) to last write, both included
  std::int64_t busy_cycles = 0;  ///< cycles in which data entered the first stage
  std::array<std::int64_t, kStallCount> stalls{};
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;
  std::int64_t simulated_cycles = 0;  ///< edges worked through one by one; the rest was skipped as periodic
  std::vector<StageUse> stages;
  std::vector<FifoUse> fifos;
};

/// What limits the run: "memory_bandwidth" where the rate holds up 5% of all cycles or more (the memory is
/// then saturated, the engine is not), else the larger of the cycles that took data in ("compute") and the
/// most frequent cause of stalls.
std::string what_binds(const CycleReport& report);

}  // namespace zipml::fpga
