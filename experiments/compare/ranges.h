#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zipml {

/// Reads "1,3-5" as 1, 3, 4, 5: numbers in [min, max] and ranges of them, sorted, each once. `option` is what
/// the InputError names.
std::vector<std::int64_t> parse_ranges(const std::string& text, const std::string& option, std::int64_t min,
                                       std::int64_t max);

}  // namespace zipml
