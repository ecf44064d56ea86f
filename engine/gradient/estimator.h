#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/component.h"
#include "engine/core/matrix.h"
#include "engine/model/loss.h"
#include "engine/quantize/quantized_samples.h"

namespace zipml {

/// Working memory of one thread; buffers grow to what an estimator needs and are reused.
struct EstimatorScratch {
  AlignedVector<float> first, second;
  QuantizeScratch quantize;
};

/// Estimates sums of sample gradients from samples stored in some precision (the sample channel).
class GradientEstimator {
 public:
  virtual ~GradientEstimator() = default;

  /// E[estimate] equals the full-precision gradient, for losses whose derivative is affine.
  virtual bool is_unbiased() const = 0;

  /// Bytes of one row's sample values as stored: every draw, row scale and padding included.
  virtual double bytes_per_row() const = 0;

  /// Levels that the samples are rounded to; nothing where they are not quantized.
  virtual const ColumnLevels* sample_levels() const { return nullptr; }

  /// Called before epoch 1, 2, ...: fresh draws, where the estimator makes them.
  virtual void begin_epoch(std::uint32_t epoch) = 0;

  /// sum += gradients of the given rows at model x. x and sum have the padded length round_up(n, 16), padding
  /// zero. Safe to call from many threads, each with its own scratch; adds the rows in the order given.
  virtual void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                          EstimatorScratch& scratch) const = 0;
};

/// What an estimator is built over; borrowed, must outlive it.
struct EstimatorInput {
  const Matrix& features;
  std::span<const float> labels;
  const Loss& loss;
  std::uint64_t seed = 1;
  int threads = 1;  ///< for quantizing and packing; does not change results
};

using EstimatorFactory = std::unique_ptr<GradientEstimator> (*)(const Parameters&, const EstimatorInput&);

/// Every estimator, as a config's `precision.samples.kind`.
const Registry<EstimatorFactory>& estimators();

}  // namespace zipml
