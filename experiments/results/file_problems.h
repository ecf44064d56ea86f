#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace zipml {

/// A file that could not be used, and why. The text names the file, as problems of ReadOutcome do.
struct FileProblem {
  std::filesystem::path file;
  std::string problem;
};

/// A line a problem; where more than a few files have the same one, a single line for all of them, with their
/// number and the first file: a folder of another version's results is one thing to say, not thousands. In
/// the order of each line's first file.
std::vector<std::string> problem_lines(const std::vector<FileProblem>& problems);

}  // namespace zipml
