#pragma once

#include "engine/core/matrix.h"
#include "engine/core/random.h"
#include "engine/pack/packed_matrix.h"
#include "engine/quantize/column_levels.h"
#include "engine/quantize/quantized_samples.h"

namespace zipml {

/// One stochastic draw of every value together with its interval: a code of bits + 1, the lower level's index
/// and whether the draw is the upper one. A reader then knows each value within one step, not two.
class IntervalSamples {
 public:
  /// As QuantizedSamples, one draw; levels: 2 to 32768; the strategy must not scale rows.
  IntervalSamples(const Matrix& features, const LevelStrategy& strategy, int levels, int threads,
                  const LevelScope& scope = {});

  /// Draws every value; the same draws as a QuantizedSamples with one draw at this address.
  void quantize(const DrawAddress& address, int threads);

  /// Row r: the drawn values, and for every value the middle of its interval and half its width; cols()
  /// values each.
  void decode(std::size_t r, float* drawn, float* middle, float* half, QuantizeScratch& scratch) const;

  const ColumnLevels& levels() const { return levels_; }
  double bytes_per_row() const { return packed_.bytes_per_row(); }

 private:
  const Matrix& features_;
  ColumnLevels levels_;
  PackedMatrix packed_;
};

}  // namespace zipml
