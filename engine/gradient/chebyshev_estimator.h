#pragma once

#include <memory>

#include "engine/gradient/estimator.h"

namespace zipml {

/// g = b Q(P) Q_{d+1}(a) for every row: unbiased for a P(a'x), P a polynomial near the loss's slope
/// (section 5, Lemma 4). Unbiased for the loss itself where its slope is affine.
std::unique_ptr<GradientEstimator> make_chebyshev(const Parameters& parameters, const EstimatorInput& input);

std::vector<ParameterInfo> chebyshev_parameters();

}  // namespace zipml
