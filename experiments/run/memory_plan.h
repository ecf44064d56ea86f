#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/run/runner.h"

namespace zipml {

/// The most memory, in bytes, that the unfinished runs of a plan (with `force`: all) take at one time with so
/// many side by side, by memory_need(). Runs are taken to begin in their order; a data set is held from the
/// first to the last run that uses it.
std::uint64_t most_memory(const std::vector<PlannedRun>& plan, bool force, int jobs);

/// The largest number of jobs up to `jobs` for which most_memory() is within `bytes`; 0 where not even one
/// is.
int jobs_within(const std::vector<PlannedRun>& plan, bool force, int jobs, std::uint64_t bytes);

}  // namespace zipml
