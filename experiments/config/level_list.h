#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/component.h"

namespace zipml {

/// One entry of a list of level strategies: as typed, and what it means.
struct LevelEntry {
  std::string text;
  ComponentChoice choice;
};

/// Reads names of level strategies, each with parameters in braces if wanted, such as
/// "uniform,optimal_histogram{bins=1024},given{path=run.h5}", or "all" for every one that needs none, with
/// its defaults. Values are JSON or else text. Equal entries are taken once. `bits`: the numbers of bits that
/// the levels are wanted for, at least one. Throws InputError, its lines beginning with `source`, with what
/// is wrong.
std::vector<LevelEntry> parse_level_list(std::string_view text, const std::vector<int>& bits,
                                         const std::string& source);

}  // namespace zipml
