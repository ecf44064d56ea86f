#pragma once

#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/random.h"
#include "engine/pack/packed_matrix.h"
#include "engine/quantize/arrangements.h"
#include "engine/quantize/column_levels.h"
#include "engine/quantize/quantized_samples.h"

namespace zipml {

/// Samples of many independent draws of every value, stored as little as they can be: the sum of the draws'
/// level indices. That is k times the lower level plus the number of upper choices, so levels L and k draws
/// take the bits of k (L - 1) + 1 values: 8 bits for 16 draws on 16 levels, the "4 + 4 bits" of section 5.
/// (17 counts would need 5 bits; but all 16 draws at the upper level are none at the next one.)
///
/// On reading, the upper choices are arranged at random anew (see Arrangements), every value by an address of
/// its own, so that the draws are independent of each other and between values.
class CountedSamples {
 public:
  /// draws: 1 to Arrangements::kMostDraws; levels: 2 or more with draws * (levels - 1) < 2^16.
  CountedSamples(const Matrix& features, const LevelStrategy& strategy, int levels, int draws, int threads,
                 const LevelScope& scope = {});

  /// Bits of a stored value.
  static int stored_bits(int levels, int draws);

  /// Draws every value `draws` times. The result is a pure function of (seed, epoch, generator), as in
  /// QuantizedSamples; the arrangements of its draws are Philox's with either generator.
  void quantize(std::uint64_t seed, std::uint32_t epoch, int threads,
                Generator generator = Generator::philox);

  /// All draws of row r: draw j to out + j * stride, cols() values each, the rest untouched.
  void decode(std::size_t r, std::size_t stride, float* out, QuantizeScratch& scratch) const;

  const ColumnLevels& levels() const { return levels_; }
  int draws() const { return draws_; }
  double bytes_per_row() const;  ///< as stored: sums, padding and row scale

 private:
  void quantize_row(std::size_t r, QuantizeScratch& scratch);
  void arrange(std::size_t r, const std::uint16_t* counts, std::uint32_t* masks,
               QuantizeScratch& scratch) const;

  const Matrix& features_;
  int draws_;
  bool scales_rows_;
  ColumnLevels levels_;
  PackedMatrix packed_;
  Arrangements arrangements_;
  std::vector<float> row_norms_;
  std::uint64_t seed_ = 0;
  std::uint32_t epoch_ = 0;
  Generator generator_ = Generator::philox;
};

}  // namespace zipml
