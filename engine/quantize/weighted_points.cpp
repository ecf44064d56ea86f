#include "engine/quantize/weighted_points.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace zipml {
namespace {

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

PrefixSums sums_from(float origin, const WeightedPoints& points) {
  const std::size_t n = points.size();
  PrefixSums sums{origin, std::vector<double>(n), std::vector<DoubleDouble>(n), std::vector<DoubleDouble>(n)};
  double count = 0.0;
  DoubleDouble first, second;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(points.x[i]) - static_cast<double>(origin), w = points.weight[i];
    sums.weight[i] = count += w;
    const DoubleDouble square = exact_product(x, x);
    const bool once = w == 1.0;  // most often: the same bits for less work
    sums.first[i] = first = first + (once ? DoubleDouble{x, 0.0} : exact_product(x, w));
    sums.second[i] = second = second + (once ? square : square * w);
  }
  return sums;
}

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

PrefixSums prefix_sums(const WeightedPoints& points) { return sums_from(0.0f, points); }

PrefixSums centered_prefix_sums(const WeightedPoints& points) {
  double weight = 0.0, total = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    weight += points.weight[i];
    total += points.weight[i] * static_cast<double>(points.x[i]);
  }
  return sums_from(weight > 0.0 ? static_cast<float>(total / weight) : 0.0f, points);
}

}  // namespace zipml
