#include "experiments/cli/report_compare.h"

#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "experiments/results/folder_compare.h"

namespace zipml {
namespace {

void print_missing(const std::vector<std::string>& names, const std::string& folder) {
  for (const std::string& name : names) std::cout << name << ": only in " << folder << "\n";
}

// Of each place that differs in several runs the run in which it differs most.
void print_largest(const FolderComparison& folders) {
  std::map<std::string, std::pair<const ResultDifference*, const RunDifference*>> largest;
  for (const RunDifference& run : folders.differing) {
    for (const ResultDifference& one : run.result.differences) {
      if (one.kind != ResultDifference::Kind::numbers) continue;
      auto& known = largest[one.place];
      if (!known.first || known.first->relative < one.relative) known = {&one, &run};
    }
  }
  if (folders.differing.size() < 2 || largest.empty()) return;
  std::cout << "largest of all runs, by the relative difference:\n";
  for (const auto& [place, found] : largest)
    std::cout << "  " << found.second->name << ": " << describe(*found.first) << "\n";
}

std::string plural(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

int report_comparison(const std::filesystem::path& a, const std::filesystem::path& b) {
  const FolderComparison folders = compare_folders(a, b);
  if (folders.first_runs + folders.second_runs == 0)
    throw InputError("zipml report --compare: no results in " + a.string() + " or " + b.string());
  print_missing(folders.only_in_first, a.string());
  print_missing(folders.only_in_second, b.string());
  for (const RunDifference& run : folders.differing) print_difference(run, std::cout);
  print_largest(folders);
  std::cout << a.string() << ": " << plural(folders.first_runs, "run") << ", " << b.string() << ": "
            << plural(folders.second_runs, "run") << "; " << folders.equal << " equal, "
            << folders.differing.size() - folders.excused << " differ, " << folders.excused
            << " differ and are not reproducible, " << folders.only_in_first.size() << " only in the first, "
            << folders.only_in_second.size() << " only in the second\n"
            << (folders.same() ? "the same" : "not the same")
            << ", bit for bit outside /provenance and /timing";
  if (folders.same() && folders.excused > 0)
    std::cout << ", except " << plural(folders.excused, "run") << " that by their own word depend on timing";
  std::cout << "\n";
  return folders.same() ? 0 : 1;
}

}  // namespace zipml
