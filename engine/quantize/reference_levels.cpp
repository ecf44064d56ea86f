#include "engine/quantize/reference_levels.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace zipml {
namespace {

using Costs = std::vector<std::vector<double>>;

// Least cost of `steps` steps from the first node to the last.
double cheapest(const Costs& cost, int steps) {
  const std::size_t nodes = cost.size();
  std::vector<double> before(nodes, std::numeric_limits<double>::infinity()), now(nodes);
  before[0] = 0.0;
  for (int s = 0; s < steps; ++s) {
    for (std::size_t m = 0; m < nodes; ++m) {
      now[m] = std::numeric_limits<double>::infinity();
      for (std::size_t j = 0; j <= m; ++j) now[m] = std::min(now[m], before[j] + cost[j][m]);
    }
    std::swap(before, now);
  }
  return before.back();
}

std::vector<double> ascending(std::span<const float> values) {
  std::vector<double> x(values.begin(), values.end());
  std::sort(x.begin(), x.end());
  return x;
}

}  // namespace

double reference_optimal_variance(std::span<const float> values, int count) {
  const std::vector<double> x = ascending(values);
  Costs cost(x.size(), std::vector<double>(x.size(), 0.0));
  for (std::size_t i = 0; i < x.size(); ++i) {
    // (x_j - x)(x - x_i) = (x_{j-1} - x)(x - x_i) + (x_j - x_{j-1})(x - x_i): no term is negative.
    double distances = 0.0;  // sum of x - x_i over the values up to x_{j-1}
    for (std::size_t j = i + 1; j < x.size(); ++j) {
      distances += x[j - 1] - x[i];
      cost[i][j] = cost[i][j - 1] + (x[j] - x[j - 1]) * distances;
    }
  }
  return cheapest(cost, count - 1);
}

double reference_kmeans_error(std::span<const float> values, int count) {
  const std::vector<double> x = ascending(values);
  Costs cost(x.size() + 1, std::vector<double>(x.size() + 1, 0.0));
  for (std::size_t i = 0; i < x.size(); ++i) {
    double mean = 0.0, squares = 0.0;  // Welford's update: no differences of large sums
    for (std::size_t j = i; j < x.size(); ++j) {
      const double step = x[j] - mean;
      mean += step / static_cast<double>(j - i + 1);
      squares += step * (x[j] - mean);
      cost[i][j + 1] = squares;
    }
  }
  return cheapest(cost, count);
}

double total_variance(std::span<const float> values, std::span<const float> levels) {
  double sum = 0.0;
  for (const float v : values) {
    const auto above = std::upper_bound(levels.begin() + 1, levels.end() - 1, v);
    const double low = static_cast<double>(*(above - 1)), high = static_cast<double>(*above);
    const double x = static_cast<double>(v);
    sum += (high - x) * (x - low);
  }
  return sum;
}

}  // namespace zipml
