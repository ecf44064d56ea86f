#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// `given`: levels that are not found but given as numbers, one set for all columns or one a column. Its
/// parameter `path` is for the reader of configs, who puts the levels of that file in its place: the engine
/// wants `values`, and throws std::logic_error without them.
const ComponentInfo& given_levels_info();
std::unique_ptr<LevelStrategy> make_given_levels(const Parameters& parameters);

/// Why `values` are no sets of `count` levels each; empty if they are.
std::string given_levels_problem(const std::vector<double>& values, int count);

}  // namespace zipml
