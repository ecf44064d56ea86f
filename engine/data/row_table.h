#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/task.h"
#include "engine/data/dataset.h"

namespace zipml {

/// Most features a file may have: rows are stored dense.
inline constexpr std::size_t kMaxFeatures = std::size_t{1} << 20;

/// More rows than a file has.
inline constexpr std::size_t kAllRows = std::size_t{1} << 62;

/// Rows as a reader finds them, before anyone knows how many there are or how wide the widest one is. Kept in
/// blocks, each as wide as its own widest row, so that a late wide row moves only its own block.
class RowTable {
 public:
  /// memory: most bytes that the rows may take, here and as a split; add_row(), set() and split() throw
  /// InputError naming `source` where they would need more.
  explicit RowTable(std::uint64_t memory = UINT64_MAX, std::string source = "")
      : memory_(memory), source_(std::move(source)) {}

  /// Starts a row of zeros.
  void add_row(float label);
  /// Sets a value of the last row; `column` < kMaxFeatures.
  void set(std::size_t column, float value) {
    Block& block = blocks_.back();
    if (column >= width_) width_ = column + 1;
    if (column >= block.width) widen(column + 1);
    block.values[(block.rows - 1) * block.width + column] = value;
  }

  std::size_t rows() const { return labels_.size(); }
  std::size_t width() const { return width_; }  ///< 1 + the largest column set
  std::span<const float> labels() const { return labels_; }

  /// Rows [first, first + count) as dense rows of `features` >= width() columns.
  Split split(std::size_t first, std::size_t count, std::size_t features) const;

 private:
  static constexpr std::size_t kBlockRows = 1024;
  struct Block {
    std::size_t width = 0, rows = 0;
    std::vector<float> values;  ///< rows x width
  };
  void widen(std::size_t width);
  void require(std::uint64_t values) const;

  std::uint64_t memory_;
  std::string source_;
  std::uint64_t held_ = 0;  ///< values in the blocks
  std::vector<Block> blocks_;
  std::vector<float> labels_;
  std::size_t width_ = 0;
};

/// Reads the rows of a text file in their order, some at a time.
class TableReader {
 public:
  virtual ~TableReader() = default;
  /// Adds up to `rows` more rows to the table; fewer only at the end of the file. Throws InputError with
  /// FILE:LINE.
  virtual void read(std::size_t rows, RowTable& table) = 0;
};

/// Makes the labels of a classification set -1 and +1. Labels that all are -1 or +1 stay; any other two
/// distinct numbers are taken in their order: the smaller is -1. Regression labels pass unchanged.
class LabelClasses {
 public:
  explicit LabelClasses(Task task) : task_(task) {}

  /// Notes a label; a third distinct one is refused with InputError naming `place()`.
  template <class Place>
  void see(float label, Place place) {
    if (task_ == Task::regression) return;
    for (const float known : seen_) {
      if (known == label) return;
    }
    add(label, seen_.size() < 2 ? std::string() : place());
  }

  /// Maps labels in place, once all have been seen. `name` is what the InputError for a single class names.
  void apply(std::span<float> labels, const std::string& name) const;

 private:
  void add(float label, const std::string& place);
  Task task_;
  std::vector<float> seen_;
};

}  // namespace zipml
