#pragma once

#include "experiments/config/config_errors.h"
#include "experiments/config/json_reader.h"
#include "experiments/config/run_spec.h"

namespace zipml {

/// The document's `model` names a network: then read_network(), check_network() and resolved_network() take
/// the place of what linear models have.
bool names_network(const Json& document);

/// The members `model`, `precision` and `solver` of a network's run -> run.model and run.network. Every
/// problem is added to `errors`, also for what networks do not have: an engine, `fpga`, and a `measure` (in
/// run.measurement) other than training.
void read_network(const Json& document, RunSpec& run, ConfigErrors& errors);

/// Parts of a network's run that are each allowed but do not fit together.
void check_network(const RunSpec& run, ConfigErrors& errors);

/// What the resolved config says of a network's run beside its data and names.
Json resolved_network(const RunSpec& run);

}  // namespace zipml
