#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/component.h"

namespace zipml {

/// What a run measures: a config's `measure`.
const ComponentFamily& measurements();

/// Names of the kinds, for code that treats them differently.
inline constexpr std::string_view kTraining = "training";
inline constexpr std::string_view kGradientError = "gradient_error";
inline constexpr std::string_view kLevelHistogram = "level_histogram";
inline constexpr std::string_view kHardwareTraining = "hardware_training";
inline constexpr std::string_view kFpgaCycles = "fpga_cycles";

/// The members of a config that describe a run of this kind, `measure` included. Others would say nothing, so
/// they are refused, and a result's resolved config does not have them.
const std::vector<std::string>& members_used(std::string_view measurement);

}  // namespace zipml
