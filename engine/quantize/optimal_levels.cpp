#include "engine/quantize/optimal_levels.h"

#include <algorithm>
#include <string>

#include "engine/core/error.h"
#include "engine/quantize/interval_costs.h"
#include "engine/quantize/monotone_partition.h"

namespace zipml {
namespace {

constexpr double kLargestWayBack = 4294967296.0;  // bytes

template <class Cost>
bool is_precise(const WeightedPoints& points, const std::vector<std::uint32_t>& path, const Cost& cost,
                double allowed_error) {
  return path_error(path, cost) <= allowed_error * variance_at(points, path);
}

class OptimalLevels final : public LevelStrategy {
 public:
  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::values; }

  LevelSet levels(std::span<const float> values, int count) const override {
    if (values.empty()) return LevelSet(std::vector<float>(static_cast<std::size_t>(count), 0.0f));
    const WeightedPoints points = distinct_points(sorted_values(values));
    return levels_at(points, optimal_positions(points, count));
  }
};

}  // namespace

std::vector<std::uint32_t> optimal_positions(const WeightedPoints& points, int count, double allowed_error) {
  const std::size_t n = points.size(), levels = static_cast<std::size_t>(count);
  if (n <= levels) {
    std::vector<std::uint32_t> all(levels, static_cast<std::uint32_t>(n - 1));
    std::iota(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n), 0u);
    return all;
  }
  if (static_cast<double>(n) * static_cast<double>(levels) * sizeof(std::uint32_t) > kLargestWayBack) {
    throw InputError("levels \"optimal\": " + std::to_string(count) + " levels over " + std::to_string(n) +
                     " distinct values need more than 4 GiB; use \"optimal_histogram\" or fewer bits");
  }
  {
    const FastVarianceCost cost(points, centered_prefix_sums(points));
    std::vector<std::uint32_t> path = cheapest_path_by_pairs(n, count - 1, cost);
    if (is_precise(points, path, cost, allowed_error)) return path;
  }
  {
    const CompensatedVarianceCost cost(points, centered_prefix_sums(points));
    std::vector<std::uint32_t> path = cheapest_path(n, count - 1, cost);
    if (is_precise(points, path, cost, allowed_error)) return path;
  }
  const PrefixSums sums = prefix_sums(points);
  return cheapest_path(n, count - 1, ExactVarianceCost(points, sums));
}

double variance_at(const WeightedPoints& points, const std::vector<std::uint32_t>& positions) {
  double total = 0.0;
  for (std::size_t i = 1; i < positions.size(); ++i) {
    const auto low = static_cast<double>(points.x[positions[i - 1]]);
    const auto high = static_cast<double>(points.x[positions[i]]);
    double interval = 0.0;
    for (std::size_t p = positions[i - 1]; p < positions[i]; ++p) {
      const auto x = static_cast<double>(points.x[p]);
      interval += points.weight[p] * ((high - x) * (x - low));
    }
    total += interval;
  }
  return total;
}

LevelSet levels_at(const WeightedPoints& points, const std::vector<std::uint32_t>& positions) {
  std::vector<float> values;
  for (const std::uint32_t p : positions) values.push_back(points.x[p]);
  return LevelSet(std::move(values));
}

const ComponentInfo& optimal_levels_info() {
  static const ComponentInfo info{"optimal", "least mean variance of stochastic rounding, exact (section 4)"};
  return info;
}

std::unique_ptr<LevelStrategy> make_optimal_levels(const Parameters&) {
  return std::make_unique<OptimalLevels>();
}

}  // namespace zipml
