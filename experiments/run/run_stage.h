#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace zipml {

/// What a run or a tuning does now, for people.
struct RunStage {
  std::string_view what;       ///< "waiting", "loading data", "training", ...; of static storage
  std::string_view unit = {};  ///< of what is counted, such as "epoch"; empty: nothing is
  std::uint64_t done = 0;      ///< of them
  std::uint64_t total = 0;     ///< 0: not known
};

/// Called by the thread that works, where a stage begins and after every step of it. Must not throw.
using StageReport = std::function<void(const RunStage&)>;

}  // namespace zipml
