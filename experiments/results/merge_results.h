#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "experiments/results/file_problems.h"
#include "experiments/results/folder_compare.h"

namespace zipml {

/// What came of merging folders of results.
struct Merging {
  std::size_t copied = 0;  ///< results that the target lacked, or had damaged
  std::size_t there = 0;   ///< that the target has already, equal bit for bit
  std::size_t kept = 0;    ///< that differ and are not reproducible by their own word: the target's stay
  std::vector<RunDifference> conflicts;  ///< that differ though they must not: the target's stay
  std::vector<FileProblem> problems;     ///< of files that are no intact results, and are not copied

  /// Nothing needs to be looked at.
  bool clean() const { return conflicts.empty() && problems.empty(); }
};

/// Copies the results and stored tunings of `from` into the folder `into`, each under the same path below it
/// and written atomically. What `into` has already is compared outside /provenance and /timing and never
/// changed, so that merging twice, or in another order, gives the same. Other files are left alone. Throws
/// InputError if a folder of `from` is missing or is `into`; IoError if `into` cannot be written.
Merging merge_results(const std::filesystem::path& into, const std::vector<std::filesystem::path>& from);

}  // namespace zipml
