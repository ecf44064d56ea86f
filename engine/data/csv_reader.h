#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/data/libsvm_reader.h"
#include "engine/data/row_table.h"

namespace zipml {

/// How a CSV file is laid out.
struct CsvFormat {
  /// Not given: tab, semicolon or comma, the first of these that the first line has (so that a file with
  /// decimal commas is refused by its numbers, not cut in the wrong places).
  std::optional<char> separator;
  /// Not given: the first line is a header if one of its fields is no number.
  std::optional<bool> header;
  /// "last", "first", a name of the header or a column number from 1; a name goes before the words and
  /// numbers.
  std::string label = "last";
};

/// Reads a CSV file, packed or not, of numbers: one row a line, all with as many fields as the first one;
/// fields may be quoted ("" inside a quoted field is a quote) but not contain line ends; blank lines are
/// skipped. All columns but the label are features, in their order. Throws InputError with FILE:LINE and the
/// column.
RowTable read_csv(const std::filesystem::path& path, const CsvFormat& format, const ReadLimits& limits,
                  LabelClasses& classes);

/// The same, some rows at a time. `classes` is borrowed; limits.rows is not looked at.
std::unique_ptr<TableReader> open_csv(const std::filesystem::path& path, const CsvFormat& format,
                                      const ReadLimits& limits, LabelClasses& classes);

}  // namespace zipml
