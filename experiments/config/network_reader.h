#pragma once

#include "experiments/config/config_errors.h"
#include "experiments/config/json_reader.h"
#include "experiments/config/run_spec.h"

namespace zipml {

/// The document's `model` names a network: then read_network(), check_network() and resolved_network() take
/// the place of what linear models have.
bool names_network(const Json& document);

/// The members `model`, `precision` and `solver` of a network's run -> run.model and run.network. Every
/// problem is added to `errors`.
void read_network(const Json& document, RunSpec& run, ConfigErrors& errors);

/// Parts of a network's run that are each allowed but do not fit together.
void check_network(const RunSpec& run, ConfigErrors& errors);

/// Levels of one quantizer of a config: a number that fits its bits, and a grid that has so many. needs_rows:
/// levels scaled by rows are the only ones allowed.
void check_levels(const std::string& pointer, const Parameters& quantizer, bool needs_rows,
                  ConfigErrors& errors);

/// The mini-batch is not larger than the training rows, as far as these are known.
void check_batch(const RunSpec& run, const Parameters& solver, ConfigErrors& errors);

/// What the resolved config says of a network's run beside its data and names.
Json resolved_network(const RunSpec& run);

}  // namespace zipml
