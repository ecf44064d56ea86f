#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/file_stamp.h"
#include "engine/data/libsvm_reader.h"
#include "engine/data/row_table.h"

namespace zipml {

/// Opens a text file at its first row; open_libsvm() is one.
using OpenTable = std::function<std::unique_ptr<TableReader>(const std::filesystem::path&, const ReadLimits&,
                                                             LabelClasses&)>;

/// The rows of a text file, kept in memory or read again whenever they are asked for. Either way the whole
/// file is read once here, so that all its mistakes are found.
class TextTable {
 public:
  /// limits.rows is not looked at. Throws InputError with FILE:LINE.
  TextTable(OpenTable open, const std::filesystem::path& path, const ReadLimits& limits,
            LabelClasses& classes, bool keep);

  std::size_t rows() const { return labels_.size(); }
  std::size_t width() const { return width_; }  ///< 1 + the largest column found

  /// Rows [first, first + count) with `features` >= width() columns, in memory.
  Split split(std::size_t first, std::size_t count, std::size_t features) const;
  /// The first `count` rows, in memory if the table is; else with a source.
  Split training(std::size_t count, std::size_t features) const;

 private:
  std::vector<float> some_labels(std::size_t first, std::size_t count) const;

  OpenTable open_;
  FileStamp file_;
  ReadLimits limits_;
  RowTable table_;  ///< empty where the rows are not kept
  std::vector<float> labels_;
  std::size_t width_ = 0;
  bool keep_;
};

}  // namespace zipml
