#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/sweep_config.h"

namespace zipml::testing {

/// Everything that a crash or a full disk must not do to a folder of results: every result in it is whole.
inline void require_whole(const std::filesystem::path& results) {
  if (!std::filesystem::exists(results)) return;
  for (const auto& file : find_results(results)) REQUIRE(read_result(file).problem == "");
}

/// `zipml report --compare` finds the same runs with the same bits in both folders.
inline void require_same(const std::filesystem::path& one, const std::filesystem::path& other) {
  const ProcessResult compared = run_zipml({"report", "--compare", one.string(), other.string()});
  INFO(compared.out << compared.err);
  REQUIRE(compared.exit_code == 0);
}

/// Names and contents of all files below a folder, for "nothing was changed".
inline std::vector<std::pair<std::string, std::string>> contents(const std::filesystem::path& folder) {
  std::vector<std::pair<std::string, std::string>> all;
  if (!std::filesystem::exists(folder)) return all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool file = entry.is_regular_file();
    all.emplace_back(entry.path().lexically_relative(folder).string(), file ? read_text(entry.path()) : "/");
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// Files that messages speak of: lines with `part` name one each, or say "N files:" of several with one
/// reason.
inline std::size_t files_named(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(part) == std::string::npos) continue;
    const std::size_t several = line.find(" files: ");
    std::size_t first = several;
    while (first != std::string::npos && first > 0 && line[first - 1] >= '0' && line[first - 1] <= '9')
      --first;
    count += several == std::string::npos || first == several ? 1 : std::stoul(line.substr(first));
  }
  return count;
}

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// Sanitizers must come first among the libraries, and leave no room for one that makes calls fail.
inline constexpr bool kSanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

/// Environment in which a call on an unfinished result fails: see tests/faults/faults.cpp.
inline ProcessOptions with_fault(const std::string& fault) {
  return {.working_folder = {},
          .environment = {{"LD_PRELOAD", ZIPML_FAULTS_LIBRARY}, {"ZIPML_FAULT", fault}}};
}

}  // namespace zipml::testing
