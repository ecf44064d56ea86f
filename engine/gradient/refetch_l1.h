#pragma once

#include <memory>

#include "engine/gradient/estimator.h"

namespace zipml {

/// One draw Q(a) of every value. Where the distance of b Q(a)'x from the slope's jump exceeds what rounding
/// can have moved it by, sum_i |x_i| step_i, the slope is certain and the gradient uses Q(a); every other row
/// is read again at full precision. No slope is ever taken from the wrong side (section 5), not even by
/// float32 rounding, for which the bound has room.
///
/// Not unbiased, though: which rows are certain depends on the draw.
std::unique_ptr<GradientEstimator> make_refetch_l1(const Parameters& parameters, const EstimatorInput& input);

std::vector<ParameterInfo> refetch_l1_parameters();

}  // namespace zipml
