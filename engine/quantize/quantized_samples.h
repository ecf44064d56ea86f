#pragma once

#include <memory>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/random.h"
#include "engine/core/row_source.h"
#include "engine/pack/packed_matrix.h"
#include "engine/quantize/column_levels.h"

namespace zipml {

/// Buffers of one thread that quantizes or decodes rows.
struct QuantizeScratch {
  PackScratch pack;
  AlignedVector<std::uint16_t> base, codes;
  AlignedVector<float> values, share;
  AlignedVector<std::uint32_t> words, masks;
  AlignedVector<std::uint8_t> choices;
};

/// Samples as the sample store holds them at low precision: packed codes of one or more independent draws of
/// every value (section 2 and the storage paragraph of section 3), and with row scaling a float32 norm a row.
class QuantizedSamples {
 public:
  /// Levels are found here, once; codes are written by quantize(). `features` is borrowed and must outlive
  /// this. levels: 2 to 65536, draws: 1 or more; fewer of either in fields, see PackedMatrix.
  QuantizedSamples(const Matrix& features, const LevelStrategy& strategy, int levels, int draws, int threads,
                   const LevelScope& scope = {}, RowLayout layout = RowLayout::compact);

  /// The same of rows that are not in memory: they are visited here, and at every quantize() once.
  /// std::logic_error for levels that need all values of a column.
  QuantizedSamples(const RowSource& rows, const LevelStrategy& strategy, int levels, int draws, int threads,
                   const LevelScope& scope = {}, RowLayout layout = RowLayout::compact);

  /// Draws every value `draws` times and packs the codes. The draws of a value are a pure function of the
  /// address, element = row * round_up(cols, 16) + col and the draw's number; nearest rounding needs draws ==
  /// 1 and does not look at the address.
  void quantize(Rounding rounding, const DrawAddress& address, int threads);

  /// The values of one draw of row r, cols() of them, to out.
  void decode(std::size_t r, int draw, float* out, QuantizeScratch& scratch) const;

  /// The values of draws 0 and 1 of row r.
  void decode_pair(std::size_t r, float* first, float* second, QuantizeScratch& scratch) const;

  /// Whether rows can be multiplied without decoding them first: the functions below. They are stored in
  /// lanes, and rows have no scale.
  bool are_fused() const { return packed_.lanes() != nullptr && !scales_rows_; }

  /// x times one draw of row r; `ahead` is a row that will be read soon. Same bits as kernels::dot() of the
  /// decoded row. x, y: of padded length, as kernels/lane_kernels.h says.
  float dot(std::size_t r, std::size_t draw, const float* x, std::size_t ahead) const;
  /// y += alpha * draw, or (alpha * draw 0) + (beta * draw 1).
  void add_to(std::size_t r, std::size_t draw, float alpha, float* y) const;
  void add_both_to(std::size_t r, float alpha, float beta, float* y) const;

  /// Variance of one draw of the value at (r, c), row scale included (section 2); 0 outside the levels. The
  /// rows are in memory.
  double variance(std::size_t r, std::size_t c) const;

  const ColumnLevels& levels() const { return levels_; }
  const PackedMatrix& packed() const { return packed_; }
  int draws() const { return packed_.draws(); }
  double bytes_per_row() const;  ///< codes, choice bits, padding and row scale
  std::size_t bytes() const;     ///< of all rows

 private:
  QuantizedSamples(std::unique_ptr<const RowSource> whole, const Matrix* features, const RowSource& rows,
                   ColumnLevels levels, bool scales_rows, int draws, RowLayout layout);
  void quantize_row(std::size_t r, std::span<const float> row, Rounding rounding, const DrawAddress& address,
                    QuantizeScratch& scratch);
  void decode_codes(std::size_t r, const std::uint16_t* codes, float* out) const;
  void make_table();
  kernels::LaneLevels lane_levels() const;

  std::unique_ptr<const RowSource> whole_;  // of features_
  const Matrix* features_;                  // nullptr where the rows are not in memory
  const RowSource& rows_;
  bool scales_rows_;
  ColumnLevels levels_;
  PackedMatrix packed_;
  std::vector<float> row_norms_;
  AlignedVector<float> table_;  // of rows in lanes whose levels are not looked up by their affine map
  std::size_t table_stride_ = 0;
};

/// Bits of a code for `levels` levels.
int bits_for_levels(int levels);

}  // namespace zipml
