#pragma once

#include <cstdint>
#include <span>

#include "engine/core/component.h"
#include "engine/gradient/estimator.h"

namespace zipml {

/// How far an estimator's gradients are from the full-precision ones at one model, over all N training rows.
/// All in units of the gradient, prepared data.
struct BiasAndNoise {
  std::uint32_t epoch = 0;
  double gradient_norm = 0.0;  ///< |G|, G the mean of the full-precision sample gradients g_r
  double sample_noise = 0.0;   ///< sqrt(mean |g_r - G|^2): the noise that SGD has at full precision, batch 1
  double bias = 0.0;        ///< |E[mean of the estimates] - G|, freed of the part that the draws' noise adds
  double bias_floor = 0.0;  ///< what that noise alone adds: a bias below this is not told from 0
  double noise = 0.0;       ///< sqrt(mean_r E|estimate_r - E estimate_r|^2): noise of quantization, batch 1
};

/// Measures an estimator at model x (padded) with `draws` draws, drawn in the epochs 1 .. draws of its own
/// random numbers. `full` and `estimator` are over the same rows; draws >= 2.
BiasAndNoise measure_bias_and_noise(const GradientEstimator& full, GradientEstimator& estimator,
                                    std::span<const float> x, std::size_t rows, int draws, int threads);

/// What a run may measure along its way (`bias_and_noise`), as the solver's parameter `probe`.
const ComponentFamily& probes();

}  // namespace zipml
