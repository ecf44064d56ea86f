#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/core/component.h"
#include "engine/gradient/estimator.h"
#include "engine/tomography/projector.h"

namespace zipml {

/// The rows of a projector as the sample store holds them: the counterpart of a GradientEstimator for sparse
/// rows. Weights are quantized like a dense matrix whose columns are the first, second, ... weight of a ray;
/// the pixels follow from a ray's angle and offset at any precision and are not counted.
class RayStore {
 public:
  virtual ~RayStore() = default;
  /// E[gradient] is the one at full precision.
  virtual bool is_unbiased() const = 0;
  virtual double bytes_per_row() const = 0;  ///< weights of one ray as stored: all draws, and padding
  virtual void begin_epoch(std::uint32_t epoch) = 0;

  /// sum += gradients a (a'x - label) of the given rays at x, in their order. labels: one entry a ray.
  /// x and sum: pixels() values or more. Safe to call from many threads, each with its own scratch.
  virtual void accumulate(std::span<const float> x, std::span<const float> labels,
                          std::span<const std::uint32_t> rays, std::span<float> sum,
                          EstimatorScratch& scratch) const = 0;
};

/// Are the samples of this estimator kind known to make_ray_store?
bool has_ray_store(std::string_view kind);

/// The kinds full, naive, deterministic and double_sampling of estimators(), with their parameters. The
/// projector is borrowed. Any other kind is std::logic_error.
std::unique_ptr<RayStore> make_ray_store(const ComponentChoice& samples, const Projector& projector,
                                         std::uint64_t seed, int threads);

}  // namespace zipml
