#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace zipml::bench {

/// What the command line asks for.
struct Options {
  double megabytes = 256;  ///< of a data set at float32
  int rounds = 7;
  double seconds = 0.03;  ///< a case is repeated for at least so long in every round
  int model_bits = 16;    ///< of the integer engine
  std::vector<std::size_t> features{90, 1000, 5000}, batches{1, 16, 256};
  std::vector<int> threads{1, 2};
  std::vector<std::string> parts{"epochs", "peers", "scaling"};
  std::string filter = ".";  ///< regular expression; cases whose name it is not found in are left out
  std::string json;          ///< file; empty: none
  std::string python = "python3";
  bool quick = false;

  bool has_part(const std::string& name) const;
  /// Goals are for data that no cache holds at any precision.
  bool has_goals() const { return megabytes * 0x1p20 >= 1e9; }
  /// Whether the filter lets a case through.
  bool wants(const std::string& name) const { return std::regex_search(name, std::regex(filter)); }
};

/// Reads the command line. Nothing: only help was asked for, and printed. Throws InputError, one line.
std::optional<Options> read_options(int argc, const char* const* argv);

}  // namespace zipml::bench
