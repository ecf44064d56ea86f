#pragma once

#include <cstdint>
#include <vector>

#include "engine/quantize/level_strategy.h"
#include "engine/quantize/weighted_points.h"

namespace zipml {

/// Positions, among the points, of `count` (2 or more) levels of least total variance, first and last point
/// included: ascending, the last one repeated where there are fewer points than levels. Needs at least one
/// point. O(count * points) time; throws InputError where the way back would need more than 4 GiB.
///
/// Rows of the dynamic program T(k, m) = min_j T(k - 1, j) + V(j, m) are found by SMAWK, since V fulfils the
/// quadrangle inequality, and the second and the last but one level in closed form (both from QUIVER, Ben
/// Basat et al., arXiv:2402.03158). Costs in double precision, then ones with compensated
/// prefix sums are tried and kept where a bound on their rounding error is below `allowed_error` of the
/// result; otherwise about 106 bits are used.
std::vector<std::uint32_t> optimal_positions(const WeightedPoints& points, int count,
                                             double allowed_error = 1e-10);

/// Total variance, sum (b - x)(x - a) * weight, of levels at these positions (as above).
double variance_at(const WeightedPoints& points, const std::vector<std::uint32_t>& positions);

/// The levels at these positions.
LevelSet levels_at(const WeightedPoints& points, const std::vector<std::uint32_t>& positions);

/// `optimal`: the exact minimum of the mean variance (equation 8) for stochastic rounding.
const ComponentInfo& optimal_levels_info();
std::unique_ptr<LevelStrategy> make_optimal_levels(const Parameters& parameters);

}  // namespace zipml
