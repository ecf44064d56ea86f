#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/quantize/double_double.h"

namespace zipml {

/// Distinct points in ascending order, each with the number of values that lie there (a fraction of a value
/// may lie on a candidate point).
struct WeightedPoints {
  std::vector<float> x;
  std::vector<double> weight;

  std::size_t size() const { return x.size(); }
};

/// Ascending copy of finite values; -0 becomes 0. Linear time (radix sort).
std::vector<float> sorted_values(std::span<const float> values);

/// Distinct values of an ascending list and how often each occurs.
WeightedPoints distinct_points(std::span<const float> sorted);

/// Sums of weight, weight * x and weight * x^2 over the points up to and including each, x counted from
/// `origin`.
struct PrefixSums {
  float origin = 0.0f;
  std::vector<double> weight;
  std::vector<DoubleDouble> first, second;
};

/// Counted from 0: every x is exact, and only additions round, at about 106 bits.
PrefixSums prefix_sums(const WeightedPoints& points);

/// Counted from the mean, where sums in double precision lose least; x is rounded to double.
PrefixSums centered_prefix_sums(const WeightedPoints& points);

}  // namespace zipml
