#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/hdf5_file.h"
#include "engine/data/row_table.h"

namespace zipml {

/// Features (rows x columns) and labels (a number a row) of one HDF5 file, by the names of its data sets. All
/// functions throw InputError naming the file and the data set.
class Hdf5Table {
 public:
  Hdf5Table(const std::filesystem::path& path, std::string features, std::string labels);

  std::size_t rows() const { return shape_[0]; }
  std::size_t features() const { return shape_[1]; }

  /// Rows [first, first + count) in memory. The labels are shown to `classes`.
  Split split(std::size_t first, std::size_t count, LabelClasses& classes) const;

  /// The first `count` rows with a source that reads them at every visit; only the labels are read here, so
  /// that a feature which is no finite number is found at the first visit.
  Split streamed(std::size_t count, LabelClasses& classes) const;

  /// Rows first, first + 1, ... into all rows of `out`, which has features() columns.
  void read(std::size_t first, Matrix& out) const;

  [[noreturn]] void fail(const std::string& object, const std::string& what) const;

 private:
  std::vector<float> read_labels(std::size_t first, std::size_t count, LabelClasses& classes) const;
  std::string place(const std::string& object, std::size_t row) const;
  void check(float value, const std::string& object, std::size_t row, std::size_t column) const;

  Hdf5Reader file_;
  std::string features_, labels_;
  std::vector<std::size_t> shape_;
};

}  // namespace zipml
