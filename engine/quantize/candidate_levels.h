#pragma once

#include <memory>
#include <span>

#include "engine/quantize/level_strategy.h"
#include "engine/quantize/weighted_points.h"

namespace zipml {

/// Values moved to ascending candidates that cover them, without randomness: see CandidateHistogram.
WeightedPoints spread_on_candidates(std::span<const float> values, std::span<const float> candidates);

/// `optimal_candidates`: the best levels among M + 1 candidates, an equal-width grid (error O(1 / (M k))
/// above the optimum, Theorem 2) or quantiles.
const ComponentInfo& optimal_candidates_info();
std::unique_ptr<LevelStrategy> make_optimal_candidates(const Parameters& parameters);

/// `optimal_histogram`: the best levels among the edges of a histogram: O(N + bins * levels) time.
const ComponentInfo& optimal_histogram_info();
std::unique_ptr<LevelStrategy> make_optimal_histogram(const Parameters& parameters);

}  // namespace zipml
