#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/quantize/double_double.h"
#include "engine/quantize/weighted_points.h"

namespace zipml {

// What one interval between two levels, or one cluster, costs, from prefix sums, in three precisions: the
// faster ones say how far off they may be.

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

  /// The point between i and j that splits their interval at the least cost: as a function of a level between
  /// two points the cost's slope does not depend on where between them it lies, so the best level is the
  /// first point b with weight(i, b] >= (x_j weight(i, j] - sum x) / (x_j - x_i) (QUIVER's closed form). O(1)
  /// for weights that are much alike, O(log) at worst.
  std::size_t middle(std::size_t i, std::size_t j) const {
    if (j <= i + 1) return i;
    const Point &a = points_[i], &b = points_[j];
    if (!(b.x > a.x)) return i;  // counted from far away, close points may meet
    const double share = (b.x * (b.weight - a.weight) - (b.first - a.first)) / (b.x - a.x);
    return std::clamp(first_at(a.weight + share), i, j);
  }

  /// Cost of the interval from i to j, split at middle(i, j).
  double split_cost(std::size_t i, std::size_t j) const {
    if (j <= i + 1) return 0.0;
    const std::size_t m = middle(i, j);
    return (*this)(i, m) + (*this)(m, j);
  }

 private:
  struct Point {
    double x, weight, first, second;
  };

  // The first point up to which there is at least so much weight; the last one if there is none.
  std::size_t first_at(double weight) const {
    const auto last_bucket = static_cast<std::int64_t>(bucket_.size()) - 2;
    const auto bucket =
        std::clamp(static_cast<std::int64_t>(weight * buckets_per_weight_), std::int64_t{0}, last_bucket);
    std::size_t at = bucket_[static_cast<std::size_t>(bucket)];
    const std::size_t end = bucket_[static_cast<std::size_t>(bucket) + 1];
    if (end - at > kLongScan) return search(at, end, weight);
    while (at < end && points_[at].weight < weight) ++at;
    return at;
  }
  std::size_t search(std::size_t begin, std::size_t end, double weight) const;

  static constexpr std::size_t kLongScan = 16;
  std::vector<Point> points_;
  // bucket_[k]: the first point with at least k buckets' weight up to it.
  std::vector<std::uint32_t> bucket_;
  double buckets_per_weight_ = 0.0;
};

/// FastVarianceCost with prefix sums that keep what rounding to double drops: a difference then has the
/// precision of the interval's own sum, whatever lies before it.
class CompensatedVarianceCost {
 public:
  CompensatedVarianceCost(const WeightedPoints& points, const PrefixSums& sums);

  double operator()(std::size_t i, std::size_t j) const {
    const Point &a = points_[i], &b = points_[j];
    const double first = (b.first.high - a.first.high) + (b.first.low - a.first.low);
    const double second = (b.second.high - a.second.high) + (b.second.low - a.second.low);
    return (a.x + b.x) * first - second - a.x * b.x * (b.weight - a.weight);
  }

  double error_bound(std::size_t i, std::size_t j) const;

 private:
  struct Point {
    double x, weight;
    DoubleDouble first, second;
  };
  std::vector<Point> points_;
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
/// k-means between cluster boundaries i <= j, in double precision, as FastVarianceCost.
class FastClusterCost {
 public:
  FastClusterCost(const WeightedPoints& points, const PrefixSums& sums);

  double operator()(std::size_t i, std::size_t j) const {
    if (j <= i + 1) return 0.0;
    const Sums &a = before_[i], &b = before_[j];
    const double first = b.first - a.first;
    return (b.second - a.second) - first * first / (b.weight - a.weight);
  }

  /// Bound on the rounding error of operator()(i, j).
  double error_bound(std::size_t i, std::size_t j) const;

 private:
  struct Sums {
    double weight = 0.0, first = 0.0, second = 0.0;
  };
  std::vector<Sums> before_;  ///< of the points before each, one entry more than points
  const WeightedPoints& points_;
  double origin_;
};

/// The same with prefix sums that keep what rounding to double drops, as CompensatedVarianceCost.
class CompensatedClusterCost {
 public:
  CompensatedClusterCost(const WeightedPoints& points, const PrefixSums& sums);

  double operator()(std::size_t i, std::size_t j) const {
    if (j <= i + 1) return 0.0;
    const Sums &a = before_[i], &b = before_[j];
    const double first = (b.first.high - a.first.high) + (b.first.low - a.first.low);
    const double second = (b.second.high - a.second.high) + (b.second.low - a.second.low);
    return second - first * first / (b.weight - a.weight);
  }

  double error_bound(std::size_t i, std::size_t j) const;

 private:
  struct Sums {
    double weight = 0.0;
    DoubleDouble first, second;
  };
  std::vector<Sums> before_;  ///< of the points before each, one entry more than points
};

/// The same sum with about 106 bits until its last rounding.
class ClusterCost {
 public:
  ClusterCost(const WeightedPoints& points, const PrefixSums& sums) : points_(points), sums_(sums) {}

  double operator()(std::size_t i, std::size_t j) const;
  float centroid(std::size_t i, std::size_t j) const;  ///< mean of the points i .. j - 1; i < j

 private:
  const WeightedPoints& points_;
  const PrefixSums& sums_;
};

/// Rounding errors of a path's steps, and as much for the path that may have looked worse than it is.
template <class Cost>
double path_error(const std::vector<std::uint32_t>& path, const Cost& cost) {
  double error = 0.0;
  for (std::size_t i = 1; i < path.size(); ++i) error += 2.0 * cost.error_bound(path[i - 1], path[i]);
  return error;
}

}  // namespace zipml
