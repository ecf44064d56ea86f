#include "engine/data/text_table.h"

#include <algorithm>
#include <utility>

namespace zipml {
namespace {

/// Rows of a file that are parsed at every visit. Their labels were looked at when the file was first read.
class TextRows final : public RowSource {
 public:
  TextRows(OpenTable open, FileStamp file, const ReadLimits& limits, std::size_t first, std::size_t count,
           std::size_t features)
      : open_(std::move(open)),
        file_(std::move(file)),
        limits_(limits),
        first_(first),
        count_(count),
        features_(features) {}

  std::size_t rows() const override { return count_; }
  std::size_t cols() const override { return features_; }

  void visit(const Use& use) const override {
    file_.check();
    LabelClasses any(Task::regression);
    const auto reader = open_(file_.path(), limits_, any);
    const std::size_t step = block_rows(features_);
    for (std::size_t skipped = 0; skipped < first_; skipped += step) {
      next(*reader, std::min(step, first_ - skipped));
    }
    for (std::size_t at = 0; at < count_; at += step) {
      const std::size_t rows = std::min(step, count_ - at);
      const Matrix block = next(*reader, rows).split(0, rows, features_).features;
      use(at, block);
    }
  }

 private:
  RowTable next(TableReader& reader, std::size_t rows) const {
    RowTable table;
    reader.read(rows, table);
    if (table.rows() != rows || table.width() > features_) file_.fail();
    return table;
  }

  OpenTable open_;
  FileStamp file_;
  ReadLimits limits_;
  std::size_t first_, count_, features_;
};

}  // namespace

TextTable::TextTable(OpenTable open, const std::filesystem::path& path, const ReadLimits& limits,
                     LabelClasses& classes, bool keep)
    : open_(std::move(open)),
      file_(path),
      limits_(limits),
      table_(limits.memory, path.string()),
      keep_(keep) {
  const auto reader = open_(path, limits, classes);
  if (keep) {
    reader->read(kAllRows, table_);
    labels_.assign(table_.labels().begin(), table_.labels().end());
    width_ = table_.width();
    return;
  }
  for (;;) {
    RowTable part;
    reader->read(RowSource::kGrain, part);
    labels_.insert(labels_.end(), part.labels().begin(), part.labels().end());
    width_ = std::max(width_, part.width());
    if (part.rows() < RowSource::kGrain) break;
  }
}

Split TextTable::split(std::size_t first, std::size_t count, std::size_t features) const {
  if (keep_) return table_.split(first, count, features);
  Split split{Matrix(count, features), some_labels(first, count)};
  if (count == 0) return split;
  TextRows(open_, file_, limits_, first, count, features).visit([&](std::size_t at, const Matrix& block) {
    for (std::size_t r = 0; r < block.rows(); ++r) {
      std::copy_n(block.row(r).data(), features, split.features.row(at + r).data());
    }
  });
  return split;
}

Split TextTable::training(std::size_t count, std::size_t features) const {
  if (keep_) return table_.split(0, count, features);
  return {Matrix(0, features), some_labels(0, count),
          std::make_shared<const TextRows>(open_, file_, limits_, 0, count, features)};
}

std::vector<float> TextTable::some_labels(std::size_t first, std::size_t count) const {
  const auto begin = labels_.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace zipml
