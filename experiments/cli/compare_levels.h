#pragma once

#include <string>
#include <vector>

#include "experiments/compare/measure.h"

namespace zipml {

/// Reads --levels: names of level strategies, each with parameters in braces if wanted, such as
/// "uniform,optimal_histogram{bins=1024},given{path=run.h5}", or "all" for every one that needs none, with
/// its defaults. Values are JSON or else text; what was typed is the name in the result. Equal entries are
/// taken once. `bits`: numbers of bits that the levels are wanted for. Throws one InputError with everything
/// that is wrong.
std::vector<NamedLevels> parse_levels(const std::string& text, const std::vector<int>& bits);

}  // namespace zipml
