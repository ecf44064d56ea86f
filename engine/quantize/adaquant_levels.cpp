#include "engine/quantize/adaquant_levels.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "engine/quantize/candidate_levels.h"
#include "engine/quantize/interval_costs.h"
#include "engine/quantize/optimal_levels.h"

namespace zipml {
namespace {

// One round over the breakpoints; fewer of them.
void merge_pairs(const ExactVarianceCost& cost, std::size_t keep, std::vector<std::uint32_t>& breakpoints) {
  const std::size_t pairs = (breakpoints.size() - 1) / 2;
  std::vector<double> error(pairs);
  for (std::size_t p = 0; p < pairs; ++p) error[p] = cost(breakpoints[2 * p], breakpoints[2 * p + 2]);
  std::vector<std::size_t> order(pairs);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto split = order.begin() + static_cast<std::ptrdiff_t>(std::min(keep, pairs));
  std::nth_element(order.begin(), split, order.end(), [&](std::size_t a, std::size_t b) {
    return error[a] != error[b] ? error[a] > error[b] : a < b;
  });
  std::vector<bool> stays(breakpoints.size(), true);
  for (auto merged = split; merged != order.end(); ++merged) stays[2 * *merged + 1] = false;
  std::size_t size = 0;
  for (std::size_t b = 0; b < breakpoints.size(); ++b) {
    if (stays[b]) breakpoints[size++] = breakpoints[b];
  }
  breakpoints.resize(size);
}

class AdaquantLevels final : public LevelStrategy {
 public:
  explicit AdaquantLevels(bool refine) : refine_(refine) {}

  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::values; }

  LevelSet levels(std::span<const float> values, int count) const override {
    const auto size = static_cast<std::size_t>(count);
    if (values.empty()) return LevelSet(std::vector<float>(size, 0.0f));
    const WeightedPoints points = distinct_points(sorted_values(values));
    const std::size_t k = size - 1;
    std::vector<std::uint32_t> at =
        refine_ ? adaquant_positions(points, 2 * k, 4 * k + 1) : adaquant_positions(points, (k - 1) / 2, k);
    if (!refine_) {
      at.resize(size, at.back());
      return levels_at(points, at);
    }
    std::vector<float> candidates;
    for (const std::uint32_t p : at) candidates.push_back(points.x[p]);
    const WeightedPoints spread = spread_on_candidates(values, candidates);
    return levels_at(spread, optimal_positions(spread, count));
  }

 private:
  bool refine_;
};

}  // namespace

std::vector<std::uint32_t> adaquant_positions(const WeightedPoints& points, std::size_t keep,
                                              std::size_t intervals) {
  if (intervals < 1 || keep > (intervals - 1) / 2) {
    throw std::logic_error("AdaQuant can keep fewer than half of its intervals split");
  }
  std::vector<std::uint32_t> breakpoints(points.size());
  std::iota(breakpoints.begin(), breakpoints.end(), 0u);
  const PrefixSums sums = prefix_sums(points);
  const ExactVarianceCost cost(points, sums);
  while (breakpoints.size() > intervals + 1) merge_pairs(cost, keep, breakpoints);
  return breakpoints;
}

const ComponentInfo& adaquant_levels_info() {
  static const ComponentInfo info{
      "adaquant",
      "Algorithm 1: greedy merging of intervals, near the least mean variance",
      {{.key = "refine",
        .type = ParameterType::boolean,
        .doc = "true: about four times as many levels first, as candidates of the dynamic program",
        .fallback = true}}};
  return info;
}

std::unique_ptr<LevelStrategy> make_adaquant_levels(const Parameters& parameters) {
  return std::make_unique<AdaquantLevels>(parameters.boolean("refine"));
}

}  // namespace zipml
