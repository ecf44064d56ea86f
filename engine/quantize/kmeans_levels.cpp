#include "engine/quantize/kmeans_levels.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/quantize/interval_costs.h"
#include "engine/quantize/monotone_partition.h"
#include "engine/quantize/weighted_points.h"

namespace zipml {
namespace {

constexpr double kLargestWayBack = 4294967296.0;  // bytes
constexpr double kAllowedError = 1e-9;            // rounding the centroids to float32 costs more

class KmeansLevels final : public LevelStrategy {
 public:
  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::values; }

  LevelSet levels(std::span<const float> values, int count) const override {
    const auto size = static_cast<std::size_t>(count);
    if (values.empty()) return LevelSet(std::vector<float>(size, 0.0f));
    const WeightedPoints points = distinct_points(sorted_values(values));
    if (points.size() <= size) {
      std::vector<float> all = points.x;
      all.resize(size, points.x.back());
      return LevelSet(std::move(all));
    }
    if (static_cast<double>(points.size()) * count * sizeof(std::uint32_t) > kLargestWayBack) {
      throw InputError("levels \"kmeans\": " + std::to_string(count) + " levels over " +
                       std::to_string(points.size()) +
                       " distinct values need more than 4 GiB; use fewer bits");
    }
    const PrefixSums sums = prefix_sums(points);
    const ClusterCost cost(points, sums);
    const std::vector<std::uint32_t> path = boundaries(points, cost, count);
    std::vector<float> centroids;
    for (std::size_t i = 1; i < path.size(); ++i) {
      if (path[i] > path[i - 1]) centroids.push_back(cost.centroid(path[i - 1], path[i]));
    }
    // Rounding of a mean to float32 can overtake its neighbour only by meeting it; empty clusters cost
    // nothing.
    std::sort(centroids.begin(), centroids.end());
    centroids.resize(size, centroids.back());
    return LevelSet(std::move(centroids));
  }

 private:
  // By costs in double precision where their rounding error makes no difference, as for optimal levels.
  static std::vector<std::uint32_t> boundaries(const WeightedPoints& points, const ClusterCost& exact,
                                               int count) {
    const auto is_precise = [&exact](const std::vector<std::uint32_t>& path, const auto& cost) {
      double total = 0.0;
      for (std::size_t i = 1; i < path.size(); ++i) total += exact(path[i - 1], path[i]);
      return path_error(path, cost) <= kAllowedError * total;
    };
    {
      const FastClusterCost cost(points, centered_prefix_sums(points));
      std::vector<std::uint32_t> path = cheapest_path(points.size() + 1, count, cost);
      if (is_precise(path, cost)) return path;
    }
    {
      const CompensatedClusterCost cost(points, centered_prefix_sums(points));
      std::vector<std::uint32_t> path = cheapest_path(points.size() + 1, count, cost);
      if (is_precise(path, cost)) return path;
    }
    return cheapest_path(points.size() + 1, count, exact);
  }
};

}  // namespace

const ComponentInfo& kmeans_levels_info() {
  static const ComponentInfo info{"kmeans",
                                  "centroids of exact 1-D k-means: least squared error of nearest rounding"};
  return info;
}

std::unique_ptr<LevelStrategy> make_kmeans_levels(const Parameters&) {
  return std::make_unique<KmeansLevels>();
}

}  // namespace zipml
