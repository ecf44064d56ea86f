#pragma once

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
PrefixSums prefix_sums(const WeightedPoints& points);

/// Sum over the values between two points of (x_j - x)(x - x_i), equation 8's error of one interval without
/// its division by N, from prefix sums in double precision: four numbers a point, one cache line for two.
/// Errors are about 1e-16 of the sum of x^2 (counted from the mean), so clustered data needs the next class.
class FastVarianceCost {
 public:
  FastVarianceCost(const WeightedPoints& points, const PrefixSums& sums);

  double operator()(std::size_t i, std::size_t j) const {
    const Point &a = points_[i], &b = points_[j];
    return (a.x + b.x) * (b.first - a.first) - (b.second - a.second) - a.x * b.x * (b.weight - a.weight);
  }

  /// Bound on the rounding error of operator()(i, j).
  double error_bound(std::size_t i, std::size_t j) const;

 private:
  struct Point {
    double x, weight, first, second;
  };
  std::vector<Point> points_;
  double largest_first_ = 0.0;  ///< of |sum x|
};

/// The same sum with about 106 bits until its last rounding.
class ExactVarianceCost {
 public:
  ExactVarianceCost(const WeightedPoints& points, const PrefixSums& sums) : points_(points), sums_(sums) {}

  double operator()(std::size_t i, std::size_t j) const;

 private:
  const WeightedPoints& points_;
  const PrefixSums& sums_;
};

/// Sum of squared distances of the points i .. j - 1 from their mean (what one centroid costs): the cost of
/// k-means between cluster boundaries i <= j, with about 106 bits until its last rounding.
class ClusterCost {
 public:
  ClusterCost(const WeightedPoints& points, const PrefixSums& sums) : points_(points), sums_(sums) {}

  double operator()(std::size_t i, std::size_t j) const;
  float centroid(std::size_t i, std::size_t j) const;  ///< mean of the points i .. j - 1; i < j

 private:
  const WeightedPoints& points_;
  const PrefixSums& sums_;
};

}  // namespace zipml
