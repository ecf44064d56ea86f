#include "engine/data/hdf5_table.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "engine/core/error.h"
#include "engine/data/file_stamp.h"

namespace zipml {
namespace {

/// The first rows of a table that are read at every visit, each by a reader of its own: one object of HDF5
/// serves one thread.
class Hdf5Rows final : public RowSource {
 public:
  Hdf5Rows(const std::filesystem::path& path, std::string features, std::string labels, std::size_t count,
           std::size_t cols)
      : file_(path), features_(std::move(features)), labels_(std::move(labels)), count_(count), cols_(cols) {}

  std::size_t rows() const override { return count_; }
  std::size_t cols() const override { return cols_; }

  void visit(const Use& use) const override {
    file_.check();
    const Hdf5Table table(file_.path(), features_, labels_);
    if (table.rows() < count_ || table.features() != cols_) file_.fail();
    const std::size_t step = block_rows(cols_);
    for (std::size_t first = 0; first < count_; first += step) {
      Matrix block(std::min(step, count_ - first), cols_);
      table.read(first, block);
      use(first, block);
    }
  }

 private:
  FileStamp file_;
  std::string features_, labels_;
  std::size_t count_, cols_;
};

}  // namespace

Hdf5Table::Hdf5Table(const std::filesystem::path& path, std::string features, std::string labels)
    : file_(path),
      features_(std::move(features)),
      labels_(std::move(labels)),
      shape_(file_.shape(features_)) {
  if (shape_.size() != 2 || shape_[1] == 0 || shape_[1] > kMaxFeatures) {
    fail(features_,
         "needs two dimensions, rows x features, with 1 to " + std::to_string(kMaxFeatures) + " features");
  }
  const auto label_shape = file_.shape(labels_);
  const bool column = label_shape.size() == 2 && label_shape[1] == 1;
  if ((label_shape.size() != 1 && !column) || label_shape[0] != shape_[0]) {
    fail(labels_,
         "needs one label for each of the " + std::to_string(shape_[0]) + " rows of '" + features_ + "'");
  }
}

Split Hdf5Table::split(std::size_t first, std::size_t count, LabelClasses& classes) const {
  Split result{Matrix(count, features()), read_labels(first, count, classes)};
  read(first, result.features);
  return result;
}

Split Hdf5Table::streamed(std::size_t count, LabelClasses& classes) const {
  return {Matrix(0, features()), read_labels(0, count, classes),
          std::make_shared<const Hdf5Rows>(file_.path(), features_, labels_, count, features())};
}

void Hdf5Table::read(std::size_t first, Matrix& out) const {
  constexpr std::size_t kBlockValues = std::size_t{1} << 22;
  const std::size_t block_rows = std::max<std::size_t>(1, kBlockValues / features());
  std::vector<float> block;
  for (std::size_t r = 0; r < out.rows(); r += block_rows) {
    const std::size_t rows_here = std::min(block_rows, out.rows() - r);
    block.resize(rows_here * features());
    file_.read_rows<float>(features_, first + r, rows_here, block);
    for (std::size_t i = 0; i < block.size(); ++i) {
      check(block[i], features_, first + r + i / features(), i % features());
      out(r + i / features(), i % features()) = block[i];
    }
  }
}

void Hdf5Table::fail(const std::string& object, const std::string& what) const {
  throw InputError(file_.path().string() + ": '" + object + "' " + what);
}

std::vector<float> Hdf5Table::read_labels(std::size_t first, std::size_t count, LabelClasses& classes) const {
  std::vector<float> labels(count);
  file_.read_rows<float>(labels_, first, count, labels);
  for (std::size_t r = 0; r < count; ++r) {
    check(labels[r], labels_, first + r, 0);
    classes.see(labels[r], [&] { return place(labels_, first + r); });
  }
  return labels;
}

std::string Hdf5Table::place(const std::string& object, std::size_t row) const {
  return file_.path().string() + ": '" + object + "' row " + std::to_string(row);
}

void Hdf5Table::check(float value, const std::string& object, std::size_t row, std::size_t column) const {
  if (std::isfinite(value)) return;
  throw InputError(place(object, row) + ", column " + std::to_string(column) +
                   ": not finite as a 32-bit float; only finite numbers are allowed");
}

}  // namespace zipml
