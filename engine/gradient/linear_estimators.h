#pragma once

#include <memory>

#include "engine/gradient/estimator.h"

namespace zipml {

/// g = a (a'x - b) from float32 samples.
std::unique_ptr<GradientEstimator> make_full(const Parameters& parameters, const EstimatorInput& input);

/// g = Q(a) (Q(a)'x - b), the same stochastic draw twice: E[g] is off by D x, D_ii = E[Q(a_i)^2] - a_i^2
/// (section 3).
std::unique_ptr<GradientEstimator> make_naive(const Parameters& parameters, const EstimatorInput& input);

/// As naive, with every value rounded to the nearest level, once.
std::unique_ptr<GradientEstimator> make_deterministic(const Parameters& parameters,
                                                      const EstimatorInput& input);

/// g = Q1(a) (Q2(a)'x - b) with independent draws (equation 6), or the mean of both orders.
std::unique_ptr<GradientEstimator> make_double_sampling(const Parameters& parameters,
                                                        const EstimatorInput& input);

/// Parameters of naive, deterministic and double_sampling.
std::vector<ParameterInfo> naive_parameters();
std::vector<ParameterInfo> deterministic_parameters();
std::vector<ParameterInfo> double_sampling_parameters();

}  // namespace zipml
