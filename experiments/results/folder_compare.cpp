#include "experiments/results/folder_compare.h"

#include <set>
#include <system_error>
#include <utility>

#include "engine/core/error.h"
#include "experiments/results/result_file.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

std::set<std::string> result_names(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_directory()) names.insert(entry.path().lexically_relative(folder).string());
  }
  return names;
}

std::set<std::string> run_names(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder, ignored) && !fs::is_directory(folder))
    throw InputError(folder.string() + ": a folder of results is needed, this is a file");
  std::set<std::string> names;
  for (const fs::path& file : find_results(folder)) {
    fs::path name = file.lexically_relative(folder);
    names.insert(name.replace_extension().string());
  }
  return names;
}

}  // namespace

void print_difference(const RunDifference& run, std::ostream& out) {
  if (!run.problem.empty()) {
    out << run.name << ": cannot be compared: " << run.problem << "\n";
    return;
  }
  out << run.name << " (" << run.result.label << ")"
      << (run.result.reproducible ? "" : ", not reproducible by its own word, so it may differ") << ":\n";
  for (const ResultDifference& one : run.result.differences) out << "  " << describe(one) << "\n";
}

bool FolderComparison::same() const {
  return only_in_first.empty() && only_in_second.empty() && differing.size() == excused;
}

FolderComparison compare_folders(const fs::path& a, const fs::path& b) {
  const std::set<std::string> first = run_names(a), second = run_names(b);
  FolderComparison folders;
  folders.first_runs = first.size();
  folders.second_runs = second.size();
  for (const std::string& name : first) {
    if (!second.contains(name)) {
      folders.only_in_first.push_back(name);
      continue;
    }
    RunDifference run{name, "", {}};
    try {
      run.result = compare_results(a / (name + ".h5"), b / (name + ".h5"));
    } catch (const InputError& error) {
      run.problem = error.what();
    }
    if (run.problem.empty() && run.result.differences.empty()) {
      ++folders.equal;
      continue;
    }
    if (run.problem.empty() && !run.result.reproducible) ++folders.excused;
    folders.differing.push_back(std::move(run));
  }
  for (const std::string& name : second) {
    if (!first.contains(name)) folders.only_in_second.push_back(name);
  }
  return folders;
}

std::vector<std::string> result_folder_differences(const fs::path& a, const fs::path& b) {
  const std::set<std::string> first = result_names(a), second = result_names(b);
  std::vector<std::string> differences;
  for (const std::string& name : first) {
    if (!second.contains(name)) {
      differences.push_back(name + ": only in " + a.string());
      continue;
    }
    for (const std::string& one : result_differences(a / name, b / name)) {
      differences.push_back(name + ": " + one);
    }
  }
  for (const std::string& name : second) {
    if (!first.contains(name)) differences.push_back(name + ": only in " + b.string());
  }
  return differences;
}

}  // namespace zipml
