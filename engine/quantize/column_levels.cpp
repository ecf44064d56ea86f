#include "engine/quantize/column_levels.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"
#include "engine/quantize/row_sample.h"

namespace zipml {

ColumnLevels::ColumnLevels(std::vector<LevelSet> columns) : columns_(std::move(columns)) {
  if (columns_.empty()) throw std::logic_error("column levels need a column");
  for (const LevelSet& column : columns_) {
    if (column.size() != count()) throw std::logic_error("columns need the same number of levels");
    uniform_ = uniform_ && column.is_uniform();
  }
  if (!uniform_) return;
  for (const LevelSet& column : columns_) {
    low_.push_back(column.low());
    step_.push_back(column.step());
    inverse_step_.push_back(column.inverse_step());
  }
  low_.resize(round_up(cols(), kRowAlignment));
  step_.resize(low_.size());
}

bool ColumnLevels::are_shared() const {
  return std::all_of(columns_.begin(), columns_.end(), [&](const LevelSet& column) {
    return std::equal(column.values().begin(), column.values().end(), columns_[0].values().begin());
  });
}

void ColumnLevels::bracket(const float* values, std::uint16_t* base, float* share) const {
  if (uniform_) {
    kernels::bracket_uniform(values, low_.data(), inverse_step_.data(),
                             static_cast<std::uint32_t>(count()) - 1, cols(), base, share);
    return;
  }
  for (std::size_t c = 0; c < cols(); ++c) {
    const LevelSet::Bracket in = columns_[c].bracket(values[c]);
    base[c] = static_cast<std::uint16_t>(in.lower);
    share[c] = in.upper_share;
  }
}

void ColumnLevels::nearest(const float* values, std::uint16_t* codes) const {
  if (uniform_) {
    kernels::nearest_uniform(values, low_.data(), inverse_step_.data(),
                             static_cast<std::uint32_t>(count()) - 1, cols(), codes);
    return;
  }
  for (std::size_t c = 0; c < cols(); ++c)
    codes[c] = static_cast<std::uint16_t>(columns_[c].nearest(values[c]));
}

void ColumnLevels::decode(const std::uint16_t* codes, float* out) const {
  if (uniform_) {
    kernels::dequantize_uniform(codes, low_.data(), step_.data(), cols(), out);
    return;
  }
  for (std::size_t c = 0; c < cols(); ++c) out[c] = columns_[c].values()[codes[c]];
}

namespace {

// Where the values of a column go: its first one, and how far apart they are (groups mix their columns).
struct Slot {
  float* values;
  std::size_t stride;
};

struct Range {
  float low, high;
};

constexpr std::size_t kColumnsPerBlock = 16;

// Of every column. None where there are no rows.
std::vector<Range> column_ranges(const RowSource& rows, int threads) {
  std::vector<Range> ranges(rows.rows() == 0 ? 0 : rows.cols());
  rows.visit([&](std::size_t first_row, const Matrix& block) {
    const std::size_t cols = ranges.size();
    parallel_blocks((cols + kColumnsPerBlock - 1) / kColumnsPerBlock, threads, [&](std::size_t b) {
      const std::size_t first = b * kColumnsPerBlock, last = std::min(first + kColumnsPerBlock, cols);
      if (first_row == 0) {
        for (std::size_t c = first; c < last; ++c) ranges[c] = {block(0, c), block(0, c)};
      }
      for (std::size_t r = 0; r < block.rows(); ++r) {
        const float* row = block.row(r).data();
        for (std::size_t c = first; c < last; ++c) {
          ranges[c].low = std::min(ranges[c].low, row[c]);
          ranges[c].high = std::max(ranges[c].high, row[c]);
        }
      }
    });
  });
  return ranges;
}

// Finds the levels of some neighbouring groups at a time: one pass over the rows fills a cache line's worth
// of columns.
class GroupLevels {
 public:
  // `matrix`: nullptr where the rows are not in memory.
  GroupLevels(const RowSource& rows, const Matrix* matrix, const LevelStrategy& strategy, int count,
              int threads, const LevelScope& scope)
      : matrix_(matrix),
        strategy_(strategy),
        count_(count),
        width_(scope.columns_per_group == 0 ? rows.cols() : std::min(scope.columns_per_group, rows.cols())) {
    if (strategy.input() == LevelInput::values) {
      if (matrix == nullptr) throw std::logic_error("these levels need all values of a column at once");
      rows_ = sample_rows(rows.rows(), scope.sample_rows, scope.seed);
    }
    if (rows_.size() < rows.rows()) ranges_ = column_ranges(rows, threads);
  }

  std::size_t width() const { return width_; }

  // Levels of the groups that begin at columns first, first + width, ... below last, to found[column].
  void find(std::size_t first, std::size_t last, std::vector<std::optional<LevelSet>>& found) const {
    std::vector<std::vector<float>> values = gather(first, last);
    if (!ranges_.empty()) add_ranges(first, last, values);
    for (std::size_t g = 0; g < values.size(); ++g) {
      const std::size_t begin = first + g * width_;
      const LevelSet levels = strategy_.levels(values[g], count_);
      std::fill(found.begin() + static_cast<std::ptrdiff_t>(begin),
                found.begin() + static_cast<std::ptrdiff_t>(std::min(begin + width_, last)), levels);
    }
  }

 private:
  std::vector<std::vector<float>> gather(std::size_t first, std::size_t last) const {
    std::vector<std::vector<float>> values;
    std::vector<Slot> slots;
    for (std::size_t begin = first; begin < last; begin += width_) {
      const std::size_t cols = std::min(width_, last - begin);
      values.emplace_back(rows_.size() * cols);
      for (std::size_t c = 0; c < cols; ++c) slots.push_back({values.back().data() + c, cols});
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const float* row = matrix_->row(rows_[i]).data() + first;
      for (std::size_t c = 0; c < slots.size(); ++c) slots[c].values[i * slots[c].stride] = row[c];
    }
    return values;
  }

  void add_ranges(std::size_t first, std::size_t last, std::vector<std::vector<float>>& values) const {
    for (std::size_t g = 0; g < values.size(); ++g) {
      const std::size_t begin = first + g * width_;
      Range range = ranges_[begin];
      for (std::size_t c = begin; c < std::min(begin + width_, last); ++c) {
        range = {std::min(range.low, ranges_[c].low), std::max(range.high, ranges_[c].high)};
      }
      values[g].push_back(range.low);
      values[g].push_back(range.high);
    }
  }

  const Matrix* matrix_;
  const LevelStrategy& strategy_;
  int count_;
  std::size_t width_;
  std::vector<std::size_t> rows_;  // whose values are looked at
  std::vector<Range> ranges_;      // of all rows, where these are not all
};

ColumnLevels find_levels(const RowSource& rows, const Matrix* matrix, const LevelStrategy& strategy,
                         int count, int threads, const LevelScope& scope) {
  const std::size_t cols = rows.cols();
  if (strategy.scales_rows()) return ColumnLevels(std::vector<LevelSet>(cols, strategy.levels({}, count)));
  if (std::vector<LevelSet> given = strategy.given(count); !given.empty()) {
    if (given.size() == 1) return ColumnLevels(std::vector<LevelSet>(cols, given.front()));
    if (given.size() == cols) return ColumnLevels(std::move(given));
    throw InputError("levels \"given\": found " + std::to_string(given.size()) + " sets of levels for " +
                     std::to_string(cols) + " columns; allowed: one set, or one for each column");
  }
  const GroupLevels groups(rows, matrix, strategy, count, threads, scope);
  const std::size_t block_cols = round_up(std::max(kColumnsPerBlock, groups.width()), groups.width());
  std::vector<std::optional<LevelSet>> found(cols);
  parallel_blocks((cols + block_cols - 1) / block_cols, threads, [&](std::size_t block) {
    const std::size_t first = block * block_cols;
    groups.find(first, std::min(first + block_cols, cols), found);
  });
  std::vector<LevelSet> columns;
  for (std::optional<LevelSet>& levels : found) columns.push_back(std::move(*levels));
  return ColumnLevels(std::move(columns));
}

}  // namespace

ColumnLevels column_levels(const Matrix& matrix, const LevelStrategy& strategy, int count, int threads,
                           const LevelScope& scope) {
  return find_levels(MatrixRows(matrix), &matrix, strategy, count, threads, scope);
}

ColumnLevels column_levels(const RowSource& rows, const LevelStrategy& strategy, int count, int threads,
                           const LevelScope& scope) {
  return find_levels(rows, nullptr, strategy, count, threads, scope);
}

}  // namespace zipml
