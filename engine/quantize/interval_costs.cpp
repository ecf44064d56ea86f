#include "engine/quantize/interval_costs.h"

#include <cmath>

namespace zipml {
namespace {

constexpr double kUnit = 0x1p-53;  // of one rounding, relative

}  // namespace

FastVarianceCost::FastVarianceCost(const WeightedPoints& points, const PrefixSums& sums)
    : points_(points.size()) {
  const std::size_t n = points.size();
  for (std::size_t i = 0; i < n; ++i) {
    points_[i] = {static_cast<double>(points.x[i]) - static_cast<double>(sums.origin), sums.weight[i],
                  sums.first[i].value(), sums.second[i].value()};
  }
  const double total = points_.back().weight;
  buckets_per_weight_ = total > 0.0 ? static_cast<double>(n) / total : 0.0;
  bucket_.resize(n + 2, static_cast<std::uint32_t>(n - 1));
  std::size_t next = 0;
  for (std::size_t i = 0; i < n; ++i) {
    while (next < bucket_.size() && static_cast<double>(next) <= points_[i].weight * buckets_per_weight_) {
      bucket_[next++] = static_cast<std::uint32_t>(i);
    }
  }
}

std::size_t FastVarianceCost::search(std::size_t begin, std::size_t end, double weight) const {
  const auto from = points_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto to = points_.begin() + static_cast<std::ptrdiff_t>(end);
  const auto found =
      std::lower_bound(from, to, weight, [](const Point& p, double w) { return p.weight < w; });
  return static_cast<std::size_t>(found - points_.begin());
}

// Every prefix sum is rounded once; differences and products add a few more roundings of the same size.
double FastVarianceCost::error_bound(std::size_t i, std::size_t j) const {
  const Point &a = points_[i], &b = points_[j];
  const double far = std::max(std::fabs(a.x), std::fabs(b.x));
  return 4.0 * kUnit *
         (a.second + b.second + 2.0 * far * (std::fabs(a.first) + std::fabs(b.first)) +
          far * far * (b.weight - a.weight));
}

CompensatedVarianceCost::CompensatedVarianceCost(const WeightedPoints& points, const PrefixSums& sums)
    : points_(points.size()) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    points_[i] = {static_cast<double>(points.x[i]) - static_cast<double>(sums.origin), sums.weight[i],
                  sums.first[i], sums.second[i]};
  }
}

// The interval's |sum x| and sum x^2 are at most far * weight and far^2 * weight; 28 roundings of that size,
// those of x itself included.
double CompensatedVarianceCost::error_bound(std::size_t i, std::size_t j) const {
  const Point &a = points_[i], &b = points_[j];
  const double far = std::max(std::fabs(a.x), std::fabs(b.x));
  return 28.0 * kUnit * far * far * (b.weight - a.weight);
}

FastClusterCost::FastClusterCost(const WeightedPoints& points, const PrefixSums& sums)
    : before_(points.size() + 1), points_(points), origin_(static_cast<double>(sums.origin)) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    before_[i + 1] = {sums.weight[i], sums.first[i].value(), sums.second[i].value()};
  }
}

double FastClusterCost::error_bound(std::size_t i, std::size_t j) const {
  if (j <= i + 1) return 0.0;
  const Sums &a = before_[i], &b = before_[j];
  const double far = std::max(std::fabs(static_cast<double>(points_.x[i]) - origin_),
                              std::fabs(static_cast<double>(points_.x[j - 1]) - origin_));
  return 4.0 * kUnit * (a.second + b.second + 2.0 * far * (std::fabs(a.first) + std::fabs(b.first)));
}

double ExactVarianceCost::operator()(std::size_t i, std::size_t j) const {
  if (j <= i + 1) return 0.0;
  // Neither end adds anything, so the sums run over the inner points, counted from x_i.
  const double xi = static_cast<double>(points_.x[i]) - static_cast<double>(sums_.origin);
  const double width = static_cast<double>(points_.x[j]) - static_cast<double>(points_.x[i]);
  const double weight = sums_.weight[j - 1] - sums_.weight[i];
  const DoubleDouble first = sums_.first[j - 1] - sums_.first[i];
  const DoubleDouble second = sums_.second[j - 1] - sums_.second[i];
  const DoubleDouble near_first = first - exact_product(xi, weight);
  const DoubleDouble near_second = second - (first + near_first) * xi;
  return std::max(0.0, (near_first * width - near_second).value());
}

CompensatedClusterCost::CompensatedClusterCost(const WeightedPoints& points, const PrefixSums& sums)
    : before_(points.size() + 1) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    before_[i + 1] = {sums.weight[i], sums.first[i], sums.second[i]};
  }
}

// (sum x)^2 / weight is at most sum x^2; 16 roundings of that size,
// those of x itself included.
double CompensatedClusterCost::error_bound(std::size_t i, std::size_t j) const {
  if (j <= i + 1) return 0.0;
  return 16.0 * kUnit * (before_[j].second - before_[i].second).value();
}

double ClusterCost::operator()(std::size_t i, std::size_t j) const {
  if (j <= i + 1) return 0.0;
  // Counted from the first point, and that point adds nothing but its weight.
  const double xi = static_cast<double>(points_.x[i]) - static_cast<double>(sums_.origin);
  const double inner = sums_.weight[j - 1] - sums_.weight[i];
  const DoubleDouble first = sums_.first[j - 1] - sums_.first[i];
  const DoubleDouble second = sums_.second[j - 1] - sums_.second[i];
  const DoubleDouble near_first = first - exact_product(xi, inner);
  const DoubleDouble near_second = second - (first + near_first) * xi;
  // Distances from a point near the mean: its own rounding then counts only by its square.
  const double weight = inner + points_.weight[i], mean = near_first.value() / weight;
  return std::max(0.0, (near_second - (near_first * 2.0 - exact_product(mean, weight)) * mean).value());
}

float ClusterCost::centroid(std::size_t i, std::size_t j) const {
  const DoubleDouble before = i > 0 ? sums_.first[i - 1] : DoubleDouble{};
  const double weight = sums_.weight[j - 1] - (i > 0 ? sums_.weight[i - 1] : 0.0);
  return static_cast<float>((sums_.first[j - 1] - before).value() / weight +
                            static_cast<double>(sums_.origin));
}

}  // namespace zipml
