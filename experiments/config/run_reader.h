#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "experiments/config/config_errors.h"
#include "experiments/config/json_reader.h"
#include "experiments/config/run_spec.h"

namespace zipml {

/// The members in run_members() -> a RunSpec with everything but its names, seed and identity filled in.
/// Every problem is added to `errors`, and the result is then empty. Data sets are not resolved here. The
/// name of a platform file is relative to `folder`.
std::optional<RunSpec> read_run(const Json& document, const std::filesystem::path& folder,
                                ConfigErrors& errors);

/// Combinations of parts that are each allowed but do not fit together. Every problem is added to `errors`.
void check_combinations(const RunSpec& run, ConfigErrors& errors);

/// The part of it that concerns the data set `tomography`, and what only it allows.
void check_tomography(const RunSpec& run, ConfigErrors& errors);

/// What a data set whose rows are not in memory (keeps_packed_only()) cannot be used for.
void check_memory(const RunSpec& run, ConfigErrors& errors);

/// Levels of one quantizer of a config: a number that fits its bits, and a grid that has so many. needs_rows:
/// levels scaled by rows are the only ones allowed.
void check_levels(const std::string& pointer, const Parameters& quantizer, bool needs_rows,
                  ConfigErrors& errors);

/// The mini-batch is not larger than the training rows, as far as these are known.
void check_batch(const RunSpec& run, const Parameters& solver, ConfigErrors& errors);

/// Fills in seed, resolved_json, id and tuning_key, from all other members.
void identify(RunSpec& run, std::uint64_t seed);

}  // namespace zipml
