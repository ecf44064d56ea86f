#include "experiments/results/merge_results.h"

#include <system_error>
#include <utility>

#include "engine/core/error.h"
#include "engine/data/sealed_bytes.h"
#include "experiments/results/atomic_file.h"
#include "experiments/results/result_file.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

void check_source(const fs::path& into, const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) throw InputError(folder.string() + ": no such folder of results");
  if (fs::equivalent(into, folder, ignored))
    throw InputError(folder.string() + ": cannot be merged into itself");
}

// `file` is intact. Returns true if it should be copied.
bool is_wanted(const fs::path& file, const fs::path& target, const std::string& name, Merging& merging) {
  std::error_code ignored;
  if (!fs::exists(target, ignored) || !read_sealed_file(target).problem.empty()) return true;
  RunDifference difference{name, "", compare_results(target, file)};
  if (difference.result.differences.empty()) {
    ++merging.there;
  } else if (!difference.result.reproducible) {
    ++merging.kept;
  } else {
    merging.conflicts.push_back(std::move(difference));
  }
  return false;
}

void merge_file(const fs::path& into, const fs::path& folder, const fs::path& file, Merging& merging) {
  const fs::path relative = file.lexically_relative(folder), target = into / relative;
  const SealedFile sealed = read_sealed_file(file);
  if (!sealed.problem.empty()) {
    merging.problems.push_back({file, sealed.problem});
  } else if (is_wanted(file, target, fs::path(relative).replace_extension().string(), merging)) {
    write_file_atomically(target, sealed.bytes);
    ++merging.copied;
  }
}

}  // namespace

Merging merge_results(const fs::path& into, const std::vector<fs::path>& from) {
  for (const fs::path& folder : from) check_source(into, folder);
  check_folder_writable(into);
  Merging merging;
  for (const fs::path& folder : from) {
    for (const fs::path& file : find_results(folder)) {
      const std::string problem = result_problem(file, file.stem().string());
      if (problem.empty()) {
        merge_file(into, folder, file, merging);
      } else {
        merging.problems.push_back({file, problem});
      }
    }
    // Tunings are part of the results and only save time here, so they are not counted.
    Merging tunings;
    const fs::path stored = folder / "_tuning";
    std::error_code ignored;
    if (!fs::is_directory(stored, ignored)) continue;
    for (const fs::path& file : find_results(stored)) merge_file(into / "_tuning", stored, file, tunings);
  }
  return merging;
}

}  // namespace zipml
