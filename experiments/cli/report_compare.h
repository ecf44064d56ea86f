#pragma once

#include <filesystem>

namespace zipml {

/// `zipml report --compare A B`: says on standard output whether the runs of two folders are the same, and if
/// not which, where and by how much. Returns 0 if they are, 1 if not. Throws InputError where a folder does
/// not exist or neither has a result.
int report_comparison(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace zipml
