#include "engine/quantize/column_levels.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"

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

ColumnLevels column_levels(const Matrix& matrix, const LevelStrategy& strategy, int count, int threads) {
  const std::size_t cols = matrix.cols();
  if (strategy.scales_rows()) return ColumnLevels(std::vector<LevelSet>(cols, strategy.levels({}, count)));
  // Columns are gathered a few at a time: one pass over the rows fills a cache line's worth of them.
  constexpr std::size_t kColumnsPerBlock = 16;
  std::vector<std::optional<LevelSet>> found(cols);
  parallel_blocks(round_up(cols, kColumnsPerBlock) / kColumnsPerBlock, threads, [&](std::size_t block) {
    const std::size_t first = block * kColumnsPerBlock, last = std::min(first + kColumnsPerBlock, cols);
    std::vector<std::vector<float>> values(last - first, std::vector<float>(matrix.rows()));
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      for (std::size_t c = first; c < last; ++c) values[c - first][r] = matrix(r, c);
    }
    for (std::size_t c = first; c < last; ++c) found[c] = strategy.levels(values[c - first], count);
  });
  std::vector<LevelSet> columns;
  for (std::optional<LevelSet>& levels : found) columns.push_back(std::move(*levels));
  return ColumnLevels(std::move(columns));
}

}  // namespace zipml
