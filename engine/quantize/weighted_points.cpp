#include "engine/quantize/weighted_points.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace zipml {
namespace {

constexpr double kUnit = 0x1p-53;
constexpr int kRadixBits = 11;
constexpr std::size_t kBuckets = std::size_t{1} << kRadixBits;
// Below this, counting buckets costs more than comparing values.
constexpr std::size_t kSmall = 2048;

// Unsigned order of the key is the order of the values.
std::uint32_t to_key(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

float from_key(std::uint32_t key) {
  return std::bit_cast<float>(key & 0x80000000u ? key & 0x7FFFFFFFu : ~key);
}

DoubleDouble weighted(double weight, DoubleDouble value) { return value * weight; }

}  // namespace

std::vector<float> sorted_values(std::span<const float> values) {
  std::vector<float> sorted(values.size());
  if (values.size() < kSmall) {
    std::transform(values.begin(), values.end(), sorted.begin(), [](float v) { return v + 0.0f; });
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  std::array<std::array<std::size_t, kBuckets>, 3> starts{};
  std::vector<std::uint32_t> keys(values.size()), other(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    keys[i] = to_key(values[i]);
    for (std::size_t pass = 0; pass < 3; ++pass)
      ++starts[pass][(keys[i] >> (static_cast<int>(pass) * kRadixBits)) & (kBuckets - 1)];
  }
  for (std::size_t pass = 0; pass < 3; ++pass) {
    std::size_t sum = 0;
    for (std::size_t& start : starts[pass]) {
      const std::size_t count = start;
      start = sum;
      sum += count;
    }
    for (const std::uint32_t key : keys)
      other[starts[pass][(key >> (static_cast<int>(pass) * kRadixBits)) & (kBuckets - 1)]++] = key;
    std::swap(keys, other);
  }
  std::transform(keys.begin(), keys.end(), sorted.begin(), from_key);
  return sorted;
}

WeightedPoints distinct_points(std::span<const float> sorted) {
  WeightedPoints points;
  points.x.reserve(sorted.size());
  points.weight.reserve(sorted.size());
  for (const float value : sorted) {
    if (points.x.empty() || points.x.back() != value) {
      points.x.push_back(value);
      points.weight.push_back(0.0);
    }
    points.weight.back() += 1.0;
  }
  return points;
}

PrefixSums prefix_sums(const WeightedPoints& points) {
  PrefixSums sums;
  const std::size_t n = points.size();
  double weight = 0.0, total = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    weight += points.weight[i];
    total += points.weight[i] * static_cast<double>(points.x[i]);
  }
  sums.origin = weight > 0.0 ? static_cast<float>(total / weight) : 0.0f;
  sums.weight.resize(n);
  sums.first.resize(n);
  sums.second.resize(n);
  double count = 0.0;
  DoubleDouble first, second;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(points.x[i]) - static_cast<double>(sums.origin),
                 w = points.weight[i];
    sums.weight[i] = count += w;
    sums.first[i] = first = first + exact_product(x, w);
    sums.second[i] = second = second + weighted(w, exact_product(x, x));
  }
  return sums;
}

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

double ClusterCost::operator()(std::size_t i, std::size_t j) const {
  if (j <= i + 1) return 0.0;
  // Counted from the first point, and that point adds nothing but its weight.
  const double xi = static_cast<double>(points_.x[i]) - static_cast<double>(sums_.origin);
  const double inner = sums_.weight[j - 1] - sums_.weight[i];
  const DoubleDouble first = sums_.first[j - 1] - sums_.first[i];
  const DoubleDouble second = sums_.second[j - 1] - sums_.second[i];
  const DoubleDouble near_first = first - exact_product(xi, inner);
  const DoubleDouble near_second = second - (first + near_first) * xi;
  const double mean = near_first.value() / (inner + points_.weight[i]);
  return std::max(0.0, (near_second - near_first * mean).value());
}

float ClusterCost::centroid(std::size_t i, std::size_t j) const {
  const DoubleDouble before = i > 0 ? sums_.first[i - 1] : DoubleDouble{};
  const double weight = sums_.weight[j - 1] - (i > 0 ? sums_.weight[i - 1] : 0.0);
  return static_cast<float>((sums_.first[j - 1] - before).value() / weight +
                            static_cast<double>(sums_.origin));
}

}  // namespace zipml
