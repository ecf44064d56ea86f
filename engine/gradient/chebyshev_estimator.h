#pragma once

#include <memory>

#include "engine/gradient/estimator.h"

namespace zipml {

/// g = b Q(P) Q_{d+1}(a) for every row: unbiased for a P(a'x), P a polynomial near the loss's slope
/// (section 5, Lemma 4), but for rows outside the polynomial's radius, if they are cut to it. Unbiased for
/// the loss itself where its slope is affine and nothing is cut.
std::unique_ptr<GradientEstimator> make_chebyshev(const Parameters& parameters, const EstimatorInput& input);

std::vector<ParameterInfo> chebyshev_parameters();

}  // namespace zipml
