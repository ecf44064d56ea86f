#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace zipml {

/// Where two HDF5 files differ outside /provenance and /timing: one line for every group, data set or
/// attribute that only one of them has or whose type, shape or bits differ. Empty: they are equal, what
/// reproducibility means. Works on any members, known to this version or not. Throws InputError if a file
/// cannot be read.
std::vector<std::string> result_differences(const std::filesystem::path& a, const std::filesystem::path& b);

inline bool results_equal(const std::filesystem::path& a, const std::filesystem::path& b) {
  return result_differences(a, b).empty();
}

/// The same for two folders: files that only one of them has (below folders, names beginning with an
/// underscore included), and differences of those that both have.
std::vector<std::string> result_folder_differences(const std::filesystem::path& a,
                                                   const std::filesystem::path& b);

}  // namespace zipml
