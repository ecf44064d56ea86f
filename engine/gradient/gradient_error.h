#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/gradient/estimator.h"

namespace zipml {

/// What quantized samples do to the gradients of single samples at one model x. Notation: g_k is the estimate
/// of sample k's gradient, g*_k = a_k (a_k'x - b_k) the one at full precision, TV_k = E|Q(a_k) - a_k|^2, x.x
/// the elementwise square; every |.| is an l2 norm, every mean is over the rows (and draws). Prepared units.
struct GradientError {
  double mean_squared = 0.0;       ///< mean |g_k - g*_k|^2; of an unbiased estimator the variance it adds
  double standard_error = 0.0;     ///< of mean_squared, from its spread over the draws
  double bias_squared = 0.0;       ///< |mean (g_k - g*_k)|^2: what averaging over all rows and draws leaves
  double sampling_variance = 0.0;  ///< mean |g*_k - mean g*|^2, the noise of full-precision SGD
  double lemma_bound = 0.0;  ///< Lemma 1, constant 1: mean TV_k (TV_k |x.x| + (a_k'x)^2 + |x.x| |a_k|^2)
  /// The same with the residual (a_k'x - b_k)^2 for (a_k'x)^2, which is what the derivation gives where
  /// labels are not 0: a bound on equation 6, exact at x = 0.
  double residual_bound = 0.0;
};

/// Draws the estimator `draws` times (epochs 1 .. draws of its address space; 2 or more) and compares the
/// gradient of every row at every model with the one at full precision. models: each of padded length
/// round_up(n, 16), padding zero. The bounds are 0 for samples that are not quantized. The result does not
/// depend on input.threads. `stop` is asked after every draw; once it says true the result is empty.
std::vector<GradientError> measure_gradient_error(const EstimatorInput& input, const ComponentChoice& samples,
                                                  std::span<const AlignedVector<float>> models, int draws,
                                                  const std::function<bool()>& stop = {});

}  // namespace zipml
