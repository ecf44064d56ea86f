#include "experiments/results/file_problems.h"

#include <map>

namespace zipml {
namespace {

// As many are named one by one.
constexpr std::size_t kFew = 3;

std::string reason_of(const FileProblem& one) {
  const std::string prefix = one.file.string() + ": ";
  return one.problem.starts_with(prefix) ? one.problem.substr(prefix.size()) : one.problem;
}

}  // namespace

std::vector<std::string> problem_lines(const std::vector<FileProblem>& problems) {
  std::map<std::string, std::size_t> counts;
  for (const FileProblem& one : problems) ++counts[reason_of(one)];
  std::vector<std::string> lines;
  for (const FileProblem& one : problems) {
    const std::string reason = reason_of(one);
    std::size_t& count = counts[reason];
    if (count > 0 && count <= kFew) lines.push_back(one.problem);
    if (count <= kFew) continue;
    lines.push_back(std::to_string(count) + " files: " + reason + " (the first: " + one.file.string() + ")");
    count = 0;
  }
  return lines;
}

}  // namespace zipml
