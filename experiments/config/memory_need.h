#pragma once

#include <cstdint>
#include <string>

#include "experiments/config/run_spec.h"

namespace zipml {

/// Memory that a run takes, in bytes, as far as its config tells: a bound from below, within some percent
/// where the data's shape is known. Data sets are shared by the runs that use them, the rest is each run's
/// own.
struct MemoryNeed {
  std::uint64_t loading = 0;  ///< most while the data is made or read and prepared
  std::uint64_t data = 0;     ///< prepared data
  std::uint64_t samples = 0;  ///< quantized samples as stored
  std::uint64_t levels = 0;   ///< their levels
  std::uint64_t trace = 0;    ///< one row an epoch

  std::uint64_t own() const { return samples + levels + trace; }  ///< not shared with other runs
  std::uint64_t total() const { return data + own() > loading ? data + own() : loading; }
};

/// Where every part is estimated.
MemoryNeed memory_need(const RunSpec& run);

/// Memory that may be used.
struct MemoryLimit {
  std::uint64_t bytes = UINT64_MAX;
  std::string source;  ///< who says so, for instance "--memory"
};

/// "400,000,000,000"
std::string with_separators(std::uint64_t number);

/// JSON pointer of the member that asks for most of it.
std::string largest_member(const RunSpec& run, const MemoryNeed& need);

/// "the run needs at least 4,000 bytes of memory (data 3,000, ...); available are 2,000 (--memory)"
std::string memory_refusal(const MemoryNeed& need, const MemoryLimit& limit);

}  // namespace zipml
