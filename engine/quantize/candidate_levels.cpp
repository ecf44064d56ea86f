#include "engine/quantize/candidate_levels.h"

#include <algorithm>
#include <array>
#include <string>

#include "engine/quantize/optimal_levels.h"

namespace zipml {
namespace {

struct Range {
  float low, high;
};

Range range_of(std::span<const float> values) {
  // Several minima side by side: the compiler may use vector registers without changing any result.
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> low, high;
  low.fill(values[0]);
  high.fill(values[0]);
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float v = values[i + l];
      low[l] = v < low[l] ? v : low[l];
      high[l] = v > high[l] ? v : high[l];
    }
  }
  for (; i < values.size(); ++i) {
    low[0] = std::min(low[0], values[i]);
    high[0] = std::max(high[0], values[i]);
  }
  return {*std::min_element(low.begin(), low.end()), *std::max_element(high.begin(), high.end())};
}

// Where a bin's values lie: how many, and the sum of their distances from its lower edge in bin widths.
struct Bin {
  double count = 0.0, shares = 0.0;
};

std::vector<double> edge_weights(const std::vector<Bin>& bins) {
  std::vector<double> weight(bins.size() + 1, 0.0);
  for (std::size_t b = 0; b < bins.size(); ++b) {
    weight[b] += bins[b].count - bins[b].shares;
    weight[b + 1] += bins[b].shares;
  }
  return weight;
}

WeightedPoints all_at(float value, std::size_t count) { return {{value}, {static_cast<double>(count)}}; }

class CandidateLevels final : public LevelStrategy {
 public:
  CandidateLevels(int bins, bool grid) : bins_(bins), grid_(grid) {}

  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::values; }

  LevelSet levels(std::span<const float> values, int count) const override {
    if (values.empty()) return LevelSet(std::vector<float>(static_cast<std::size_t>(count), 0.0f));
    const WeightedPoints points = grid_ ? spread_on_grid(values, bins_) : spread_on_quantiles(values);
    return levels_at(points, optimal_positions(points, count));
  }

 private:
  WeightedPoints spread_on_quantiles(std::span<const float> values) const {
    const std::vector<float> sorted = sorted_values(values);
    std::vector<float> candidates;
    const auto bins = static_cast<std::size_t>(bins_);
    for (std::size_t i = 0; i <= bins; ++i) {
      const float candidate = sorted[(sorted.size() - 1) * i / bins];
      if (candidates.empty() || candidates.back() != candidate) candidates.push_back(candidate);
    }
    return spread_on_candidates(sorted, candidates);
  }

  int bins_;
  bool grid_;
};

ParameterInfo bins_parameter(const char* key, const char* doc, std::int64_t fallback) {
  return {
      .key = key, .type = ParameterType::integer, .doc = doc, .fallback = fallback, .min = 1, .max = 1 << 20};
}

}  // namespace

WeightedPoints spread_on_candidates(std::span<const float> values, std::span<const float> candidates) {
  if (candidates.size() == 1) return all_at(candidates[0], values.size());
  std::vector<Bin> bins(candidates.size() - 1);
  for (const float value : values) {
    const auto above = std::upper_bound(candidates.begin() + 1, candidates.end() - 1, value);
    const double low = static_cast<double>(*(above - 1)), high = static_cast<double>(*above);
    Bin& bin = bins[static_cast<std::size_t>(above - candidates.begin()) - 1];
    bin.count += 1.0;
    bin.shares += (static_cast<double>(value) - low) / (high - low);
  }
  return {std::vector<float>(candidates.begin(), candidates.end()), edge_weights(bins)};
}

WeightedPoints spread_on_grid(std::span<const float> values, int bins) {
  const Range range = range_of(values);
  const double low = static_cast<double>(range.low), width = static_cast<double>(range.high) - low;
  const auto last = static_cast<std::size_t>(bins);
  std::vector<float> edges{range.low};
  for (std::size_t i = 1; i <= last; ++i) {
    const auto edge =
        i == last ? range.high : static_cast<float>(low + width * (static_cast<double>(i) / bins));
    if (edge > edges.back()) edges.push_back(edge);
  }
  // A range of few float32 values has fewer edges than asked for, and they are not equidistant.
  if (edges.size() != last + 1) return spread_on_candidates(values, edges);
  const double per_bin = static_cast<double>(bins) / width;
  // Neighbouring values often share a bin; tables of their own keep them from waiting for each other.
  constexpr std::size_t kTables = 4;
  std::array<std::vector<Bin>, kTables> tables;
  tables.fill(std::vector<Bin>(last + 1));
  const auto add = [&](std::size_t table, float value) {
    const double at = (static_cast<double>(value) - low) * per_bin;
    const auto bin = static_cast<std::int32_t>(at);
    Bin& into = tables[table][static_cast<std::size_t>(bin)];
    into.count += 1.0;
    into.shares += at - static_cast<double>(bin);
  };
  std::size_t i = 0;
  for (; i + kTables <= values.size(); i += kTables) {
    for (std::size_t t = 0; t < kTables; ++t) add(t, values[i + t]);
  }
  for (; i < values.size(); ++i) add(0, values[i]);
  std::vector<Bin> sum(last + 1);
  for (std::size_t b = 0; b <= last; ++b) {
    for (const std::vector<Bin>& table : tables) {
      sum[b].count += table[b].count;
      sum[b].shares += table[b].shares;
    }
  }
  // The largest value falls on the last edge, or by rounding a hair beside it.
  std::vector<double> weight = edge_weights(sum);
  weight[last] += weight[last + 1];
  weight.pop_back();
  return {std::move(edges), std::move(weight)};
}

const ComponentInfo& optimal_candidates_info() {
  static const ComponentInfo info{
      "optimal_candidates",
      "least mean variance among candidate levels (Theorem 2)",
      {bins_parameter("candidates", "intervals between candidates, M", 256),
       {.key = "placement",
        .type = ParameterType::text,
        .doc = "where the candidates lie: an equal-width grid, or quantiles of the values",
        .fallback = std::string("uniform"),
        .choices = {"uniform", "quantile"}}}};
  return info;
}

std::unique_ptr<LevelStrategy> make_optimal_candidates(const Parameters& parameters) {
  return std::make_unique<CandidateLevels>(static_cast<int>(parameters.integer("candidates")),
                                           parameters.text("placement") == "uniform");
}

const ComponentInfo& optimal_histogram_info() {
  static const ComponentInfo info{"optimal_histogram",
                                  "least mean variance over a histogram, in linear time (QUIVER)",
                                  {bins_parameter("bins", "bins of the histogram", 4096)}};
  return info;
}

std::unique_ptr<LevelStrategy> make_optimal_histogram(const Parameters& parameters) {
  return std::make_unique<CandidateLevels>(static_cast<int>(parameters.integer("bins")), true);
}

}  // namespace zipml
