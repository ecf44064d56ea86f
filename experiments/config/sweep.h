#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/config/config.h"
#include "experiments/config/config_errors.h"
#include "experiments/config/json_reader.h"

namespace zipml {

/// Members of a config that describe one run; a sweep may set these and what is below them, nothing else.
const std::vector<std::string>& run_members();

inline constexpr std::size_t kMaxRuns = 20000;

/// One combination of a sweep, seeds not yet applied.
struct Variant {
  Json document;  ///< the members in run_members(), as far as the config and its sweep give them
  std::string panel, series;
  Origins origins;  ///< what the sweep set, and where
};

/// Puts the value at the pointer's tokens, making the objects on the way; a component's short form "NAME"
/// becomes {"kind": NAME}, and a platform's file {"file": FILE}, when something is put into it. Returns what
/// is wrong, if something is.
std::optional<std::string> assign(Json& document, const std::vector<std::string>& tokens, const Json& value);

/// Checks the form of the config's `sweep` and calls visit for every combination of panels, series, grids and
/// zips, in this order, the last one varying fastest. A config without `sweep` has one combination. Nothing
/// is visited if the sweep's form is wrong. visit returns false to stop.
void expand_sweep(const Json& config, Scale scale, ConfigErrors& errors,
                  const std::function<bool(const Variant&)>& visit);

}  // namespace zipml
