#pragma once

#include <span>
#include <vector>

namespace zipml {

/// Least total variance (equation 8 times N) of `count` levels over the values, by the published dynamic
/// program: O(count * N^2) time, O(N^2) memory, every interval's cost summed directly over its values. What
/// faster solvers are compared with; N up to a few thousand.
double reference_optimal_variance(std::span<const float> values, int count);

/// Least sum of squared distances to `count` centroids, by the same program.
double reference_kmeans_error(std::span<const float> values, int count);

/// Sum of (b - x)(x - a) over the values, [a, b] the interval of each among ascending levels that cover them.
double total_variance(std::span<const float> values, std::span<const float> levels);

}  // namespace zipml
