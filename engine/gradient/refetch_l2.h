#pragma once

#include <memory>

#include "engine/gradient/estimator.h"

namespace zipml {

/// Sample store and gradient device project with the same random signs M (r x n). |Ma - Mx|^2, |Ma|^2 and
/// |Mx|^2 give r a'x within about |a| |x| sqrt(r) (Johnson-Lindenstrauss); a row whose sketched argument lies
/// within 2 delta of the slope's jump is read again at full precision, every other one gets the polynomial's
/// gradient, which is good beyond delta (section 5). The store sends r sketch values of `sketch_bits` a row.
std::unique_ptr<GradientEstimator> make_refetch_l2(const Parameters& parameters, const EstimatorInput& input);

std::vector<ParameterInfo> refetch_l2_parameters();

}  // namespace zipml
