#pragma once

#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "experiments/results/results_equal.h"

namespace zipml {

/// A run whose two results differ, or of which one cannot be read.
struct RunDifference {
  std::string name;     ///< path below the folders without its ending: "fig8/01d5bfd3bec4d1ad"
  std::string problem;  ///< why a file cannot be read; empty otherwise
  ResultComparison result;
};

/// The run's name, label and differences, a line each.
void print_difference(const RunDifference& run, std::ostream& out);

/// Two folders of results, by the paths of the results below them.
struct FolderComparison {
  std::size_t first_runs = 0, second_runs = 0;
  std::size_t equal = 0;
  std::vector<std::string> only_in_first, only_in_second;  ///< names, sorted
  std::vector<RunDifference> differing;                    ///< sorted by name; damaged ones included
  std::size_t excused = 0;  ///< of them those that differ and are not reproducible by their own word

  /// Nothing differs but what is excused.
  bool same() const;
};

/// Compares every result that find_results() finds in either folder. Stored tunings are not looked at: each
/// result holds its own. Throws InputError if a folder does not exist.
FolderComparison compare_folders(const std::filesystem::path& a, const std::filesystem::path& b);

/// Every file below the folders, tunings included, a line a difference. Nothing is excused.
std::vector<std::string> result_folder_differences(const std::filesystem::path& a,
                                                   const std::filesystem::path& b);

}  // namespace zipml
