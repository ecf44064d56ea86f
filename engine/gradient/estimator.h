#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/component.h"
#include "engine/core/matrix.h"
#include "engine/core/row_source.h"
#include "engine/model/loss.h"
#include "engine/quantize/quantized_samples.h"

namespace zipml {

/// Working memory of one thread; buffers grow to what an estimator needs and are reused.
struct EstimatorScratch {
  AlignedVector<float> first, second, third;
  AlignedVector<float> draws;   ///< all draws of one row
  AlignedVector<float> sketch;  ///< of the model
  AlignedVector<float> sum;     ///< gradient of one row
  /// Rows that this thread reads after those it is given: a hint, to fetch them early. May be empty.
  std::span<const std::uint32_t> upcoming;
  QuantizeScratch quantize;
};

/// Gives a buffer `size` values. The padding beyond a row's columns must be zero, and decoding writes the
/// columns only, so that a buffer of the right size stays as it is.
inline void fit_padded(AlignedVector<float>& buffer, std::size_t size) {
  if (buffer.size() != size) buffer.assign(size, 0.0f);
}

/// What the calls of accumulate() since begin_epoch() did beyond reading every row once as it is stored.
struct EpochCounts {
  std::uint64_t extra_bytes = 0;  ///< read beside bytes_per_row(): refetched rows, pilot rows
  std::uint64_t refetched = 0;    ///< rows read again at full precision
  std::uint64_t outside = 0;      ///< rows whose score lay outside the interval of the polynomial
  std::uint64_t flipped = 0;      ///< rows whose slope was taken from the wrong side of its jump
};

/// Estimates sums of sample gradients from samples stored in some precision (the sample channel).
class GradientEstimator {
 public:
  virtual ~GradientEstimator() = default;

  /// E[estimate] equals the full-precision gradient, for losses whose derivative is affine.
  virtual bool is_unbiased() const = 0;

  /// Bytes of one row's sample values as stored: every draw, row scale and padding included.
  virtual double bytes_per_row() const = 0;

  /// The store that the samples are read from; nullptr for float32 samples and for stores of another kind.
  virtual const QuantizedSamples* samples() const { return nullptr; }

  /// Of two draws: whether both orders of them are averaged.
  virtual bool symmetrized() const { return false; }

  /// Levels that the samples are rounded to; nullptr where they are not quantized.
  virtual const ColumnLevels* sample_levels() const { return samples() ? &samples()->levels() : nullptr; }

  /// Called before epoch 1, 2, ...: fresh draws, where the estimator makes them.
  virtual void begin_epoch(std::uint32_t epoch) = 0;

  /// sum += gradients of the given rows at model x. x and sum have the padded length round_up(n, 16), padding
  /// zero. Safe to call from many threads, each with its own scratch; adds the rows in the order given.
  virtual void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                          EstimatorScratch& scratch) const = 0;

  /// x -= gamma * gradient of one row at x: a mini-batch of one, both other channels at full precision. The
  /// same as accumulate() to zeros and axpy(-gamma) up to rounding: estimators may add residual * -gamma
  /// times a row to x at once.
  virtual void descend(std::span<float> x, std::uint32_t row, float gamma, EstimatorScratch& scratch) const;

  virtual EpochCounts counts() const { return {}; }
};

/// What an estimator is built over; borrowed, must outlive it.
struct EstimatorInput {
  const Matrix& features;
  std::span<const float> labels;
  const Loss& loss;
  std::uint64_t seed = 1;
  int threads = 1;                        ///< for quantizing and packing; does not change results
  RowLayout layout = RowLayout::compact;  ///< of the samples of packed_estimators()
  /// Where `features` has no rows, only columns: the rows. For packed_estimators() and levels that do not
  /// need all values of a column.
  const RowSource* source = nullptr;
};

using EstimatorFactory = std::unique_ptr<GradientEstimator> (*)(const Parameters&, const EstimatorInput&);

/// Every estimator, as a config's `precision.samples.kind`.
const Registry<EstimatorFactory>& estimators();

/// The estimators that read samples() and nothing else: naive, deterministic, double_sampling.
const std::vector<std::string>& packed_estimators();

/// Why an estimator cannot serve a loss, to follow its name in a message; empty where it can. Making one all
/// the same is std::logic_error or, for double sampling, a biased gradient.
std::string estimator_objection(std::string_view estimator, const Loss& loss);

}  // namespace zipml
