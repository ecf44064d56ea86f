#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace zipml {

/// Edits (insert, delete, replace, swap of neighbours) that turn a into b: optimal string alignment distance,
/// O(|a| |b|) time. Upper and lower case, '-' and '_' count as equal.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name closest to what was typed; empty where none is close enough to be what was meant. Ties go
/// to the earlier name.
std::string nearest_name(std::string_view typed, const std::vector<std::string>& known);

/// "; did you mean NAME?" with the name in double quotes, or an empty string.
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known);

/// "a, b, c".
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

}  // namespace zipml
