#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "engine/data/row_table.h"

namespace zipml {

/// What of a file is read.
struct ReadLimits {
  std::size_t rows = 0;      ///< stop after so many rows; 0: all
  std::size_t features = 0;  ///< most columns allowed; 0: as found, up to kMaxFeatures
  /// For looking at data, not for training: NaN and infinities are values, an empty CSV field is NaN, and a
  /// CSV file may have its label column only.
  bool allow_gaps = false;
  std::uint64_t memory = UINT64_MAX;  ///< most bytes that the rows may take
};

/// Reads LIBSVM text, "LABEL INDEX:VALUE ..." a line, packed or not: indices from 1, ascending; missing ones
/// are 0. Blank lines, CRLF, a '+' before numbers and comments after '#' are fine. Throws InputError with
/// FILE:LINE.
RowTable read_libsvm(const std::filesystem::path& path, const ReadLimits& limits, LabelClasses& classes);

/// The same, some rows at a time. `classes` is borrowed; limits.rows is not looked at.
std::unique_ptr<TableReader> open_libsvm(const std::filesystem::path& path, const ReadLimits& limits,
                                         LabelClasses& classes);

}  // namespace zipml
