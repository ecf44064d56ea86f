#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/random.h"
#include "engine/core/row_source.h"
#include "engine/kernels/lane_kernels.h"
#include "engine/kernels/quantize_fields.h"
#include "engine/quantize/level_set.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/rounding.h"

namespace zipml {

/// Levels of every column of a matrix, in the form that whole rows are rounded and decoded with: one affine
/// map a column where all columns are uniform, tables otherwise.
class ColumnLevels {
 public:
  /// One level set a column, all of the same size.
  explicit ColumnLevels(std::vector<LevelSet> columns);

  std::size_t cols() const { return columns_.size(); }
  int count() const { return columns_.front().size(); }
  const LevelSet& column(std::size_t c) const { return columns_[c]; }

  /// The levels as kernels take them, where all columns are uniform.
  std::optional<kernels::UniformColumns> uniform() const {
    if (!uniform_) return {};
    return kernels::UniformColumns{low_.data(), inverse_step_.data(),
                                   static_cast<std::uint32_t>(count()) - 1};
  }

  /// The same to decode with, where all columns are uniform.
  kernels::LaneLevels affine() const { return {low_.data(), step_.data()}; }

  /// Whether all columns have the same levels.
  bool are_shared() const;

  /// Intervals of cols() values: base index and share of the upper level.
  void bracket(const float* values, std::uint16_t* base, float* share) const;
  /// Codes of the nearest levels of cols() values.
  void nearest(const float* values, std::uint16_t* codes) const;
  /// Levels of cols() codes.
  void decode(const std::uint16_t* codes, float* out) const;

 private:
  std::vector<LevelSet> columns_;
  bool uniform_ = true;
  AlignedVector<float> low_, step_, inverse_step_;  // low_, step_: zeros up to a multiple of 16 columns
};

/// What levels are found on.
struct LevelScope {
  std::size_t columns_per_group = 1;  ///< neighbouring columns that share their levels; 0: all of them
  std::size_t sample_rows = 0;        ///< so many rows, drawn at random; 0: all
  std::uint64_t seed = 1;             ///< of that draw
};

/// Levels of every column of a matrix by a strategy; with row scaling, every column has those of the unit
/// interval. On a sample, the smallest and the largest value of all rows are added to its values, so that
/// levels which cover these cover every row and rounding stays unbiased; levels that depend on the range
/// alone are those of all rows. Throws InputError where given levels are neither one set nor one a column.
ColumnLevels column_levels(const Matrix& matrix, const LevelStrategy& strategy, int count, int threads,
                           const LevelScope& scope = {});

/// The same levels for rows that are not in memory. std::logic_error for strategies that need all values.
ColumnLevels column_levels(const RowSource& rows, const LevelStrategy& strategy, int count, int threads,
                           const LevelScope& scope = {});

}  // namespace zipml
