#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "benchmarks/suite/options.h"

namespace zipml::bench {

/// What an epoch of mini-batches should reach: the ratio to float32 and the share of the read bandwidth that
/// prototypes had on a CPU with AVX-512 VNNI whose cores outrun its memory. Only for 1,000 columns or more at
/// batch 256 and 1, and for 90 columns at 4 bits.
struct Goal {
  std::optional<double> ratio, share;
};
Goal goal_of(std::size_t n, std::size_t batch, int threads, const std::string& samples);

/// The first table: epochs of the solver by samples, columns, mini-batch and threads. Prints a line a case;
/// returns the lines, and clears `all_right` where a check failed.
nlohmann::json measure_epochs(const Options& options, bool& all_right);

}  // namespace zipml::bench
