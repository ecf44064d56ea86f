#pragma once

#include <memory>
#include <string>

#include "engine/core/component.h"
#include "engine/quantize/column_levels.h"
#include "engine/quantize/level_strategy.h"

namespace zipml {

/// The parameters `bits`, `levels_count` and `levels` that every quantized channel has.
/// default_scaling: "column" or "row", the scaling of the default uniform levels.
std::vector<ParameterInfo> quantizer_parameters(const char* default_scaling);

/// The same for samples, whose levels are fitted to columns (default scaling "column"), with
/// `columns_per_group` and `sample_rows`: what of the samples levels are found on.
std::vector<ParameterInfo> sample_quantizer_parameters();

/// The parameter `rounding` of a channel whose values may be rounded either way (default stochastic).
/// values: what is rounded, for its doc, for instance "weights".
ParameterInfo rounding_parameter(const std::string& values);

/// What checked sample_quantizer_parameters() ask for; `seed` is the run's.
LevelScope requested_scope(const Parameters& parameters, std::uint64_t seed);

/// The parameter `generator` of samples that are rounded stochastically.
ParameterInfo generator_parameter();

/// The generator that a checked generator_parameter() asks for.
Generator requested_generator(const Parameters& parameters);

/// Number of levels that checked parameters ask for: levels_count where given, else 2^bits.
int requested_levels(const Parameters& parameters);

/// The level strategy of a checked `levels` parameter.
std::unique_ptr<LevelStrategy> requested_strategy(const Parameters& parameters);

}  // namespace zipml
