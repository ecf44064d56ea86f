#pragma once

#include <nlohmann/json.hpp>

#include "benchmarks/suite/options.h"

namespace zipml::bench {

/// The second table: our solver at every precision and other programs on the same least squares; one epoch,
/// and seconds until the loss is within 1% of the one at which float32 ends. Prints a line a contender;
/// returns the lines, and clears `all_right` where a check failed.
nlohmann::json measure_contest(const Options& options, bool& all_right);

}  // namespace zipml::bench
