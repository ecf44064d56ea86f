#pragma once

#include <memory>
#include <span>

#include "engine/quantize/level_strategy.h"
#include "engine/quantize/weighted_points.h"

namespace zipml {

/// Values moved to ascending candidates that cover them, without randomness: each gives its two neighbours
/// the probabilities of stochastic rounding, so weight and mean are kept. (b - x)(x - a) is concave with
/// second derivative -2, hence for levels among the candidates the variance over the result is that over the
/// values less a constant, and the best levels of the result are the best of all levels among the candidates.
WeightedPoints spread_on_candidates(std::span<const float> values, std::span<const float> candidates);

/// The same for `bins` + 1 equidistant candidates from the smallest to the largest of the values, in two
/// scans without a search. Needs a value; bins >= 1. One candidate where all values are equal.
WeightedPoints spread_on_grid(std::span<const float> values, int bins);

/// `optimal_candidates`: the best levels among M + 1 candidates, an equal-width grid (error O(1 / (M k))
/// above the optimum, Theorem 2) or quantiles.
const ComponentInfo& optimal_candidates_info();
std::unique_ptr<LevelStrategy> make_optimal_candidates(const Parameters& parameters);

/// `optimal_histogram`: the best levels among the edges of a histogram: O(N + bins * levels) time.
const ComponentInfo& optimal_histogram_info();
std::unique_ptr<LevelStrategy> make_optimal_histogram(const Parameters& parameters);

}  // namespace zipml
