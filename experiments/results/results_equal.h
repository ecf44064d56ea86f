#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace zipml {

/// One group, data set or attribute in which two results differ.
struct ResultDifference {
  enum class Kind {
    only_in_first,   ///< the second file has no such place
    only_in_second,  ///< the first one has none
    form,            ///< type or shape differ
    content,         ///< texts differ
    numbers
  };
  std::string place;  ///< "data set /trace/train_loss", "attribute /@seed"
  Kind kind = Kind::numbers;
  // Of numbers:
  std::size_t differing = 0, count = 0;  ///< elements whose bits differ, all elements
  double absolute = 0.0;  ///< largest |a - b|; infinite where only one of the two is finite; 0: only NaN bits
                          ///< or the sign of 0 differ
  double relative = 0.0;  ///< largest |a - b| / max(|a|, |b|), 0 to 2; likewise infinite
  std::size_t first = 0;  ///< index of the first element that differs, row-major
  std::optional<std::uint64_t> epoch;  ///< of that element, in /trace
};

/// What two results have in common and where they differ.
struct ResultComparison {
  std::vector<ResultDifference> differences;  ///< sorted by place; empty: they are equal
  std::string label;         ///< "e: cadata, double sampling, seed 1", of the first one, for messages
  bool reproducible = true;  ///< false where both results say that they depend on timing
};

/// Compares two results outside /provenance and /timing, bit for bit, in all groups, data sets and attributes
/// with their types and shapes, known to this version or not: what reproducibility means. Throws InputError
/// if a file cannot be read; the message names it.
ResultComparison compare_results(const std::filesystem::path& a, const std::filesystem::path& b);

/// "data set /trace/train_loss: 20 of 21 numbers differ, by up to 1.2e-07 (relative 3e-09), first in epoch 1"
std::string describe(const ResultDifference& difference);

/// The same comparison, a line a difference, with the files' names where a place is missing.
std::vector<std::string> result_differences(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace zipml
