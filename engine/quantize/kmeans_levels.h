#pragma once

#include <span>

#include "engine/quantize/level_strategy.h"

namespace zipml {

/// `kmeans`: exact one-dimensional k-means, the least squared error of nearest rounding, by the same dynamic
/// program as `optimal` (compare Wang and Song, "Ckmeans.1d.dp", The R Journal 3, 2011). The levels are the
/// clusters' means: the smallest and largest value lie outside them and are clamped by any rounding, so this
/// objective is a biased one, for comparison.
const ComponentInfo& kmeans_levels_info();
std::unique_ptr<LevelStrategy> make_kmeans_levels(const Parameters& parameters);

}  // namespace zipml
