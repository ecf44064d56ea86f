#include "engine/quantize/candidate_levels.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "engine/quantize/candidate_histogram.h"
#include "engine/quantize/optimal_levels.h"

namespace zipml {
namespace {

// Far below what moving values to candidates costs.
constexpr double kAllowedError = 1e-8;

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

// Adds to a histogram on a grid; its levels are the best of the grid's edges.
class GridStream final : public LevelStream {
 public:
  explicit GridStream(CandidateHistogram histogram) : histogram_(std::move(histogram)) {}

  void add(std::span<const float> values) override {
    histogram_.add(values, added_);
    added_ += values.size();
  }

  LevelSet levels(int count) const override {
    const WeightedPoints points = histogram_.points();
    return levels_at(points, optimal_positions(points, count, kAllowedError));
  }

 private:
  CandidateHistogram histogram_;
  std::uint64_t added_ = 0;
};

class CandidateLevels final : public LevelStrategy {
 public:
  CandidateLevels(int bins, bool grid, std::optional<std::uint64_t> seed)
      : bins_(bins), grid_(grid), seed_(seed) {}

  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::values; }

  std::unique_ptr<LevelStream> stream(float low, float high) const override {
    if (!grid_) return nullptr;
    return std::make_unique<GridStream>(CandidateHistogram::on_grid(low, high, bins_, seed_));
  }

  LevelSet levels(std::span<const float> values, int count) const override {
    if (values.empty()) return LevelSet(std::vector<float>(static_cast<std::size_t>(count), 0.0f));
    if (grid_) {
      const Range range = range_of(values);
      const auto stream_of_one = stream(range.low, range.high);
      stream_of_one->add(values);
      return stream_of_one->levels(count);
    }
    const WeightedPoints points = spread_on_quantiles(values);
    return levels_at(points, optimal_positions(points, count, kAllowedError));
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
  std::optional<std::uint64_t> seed_;
};

ParameterInfo bins_parameter(const char* key, const char* doc, std::int64_t fallback) {
  return {
      .key = key, .type = ParameterType::integer, .doc = doc, .fallback = fallback, .min = 1, .max = 1 << 20};
}

}  // namespace

WeightedPoints spread_on_candidates(std::span<const float> values, std::span<const float> candidates) {
  CandidateHistogram histogram({candidates.begin(), candidates.end()});
  histogram.add(values, 0);
  return histogram.points();
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
                                           parameters.text("placement") == "uniform", std::nullopt);
}

const ComponentInfo& optimal_histogram_info() {
  static const ComponentInfo info{"optimal_histogram",
                                  "least mean variance over a histogram, in linear time (QUIVER)",
                                  {bins_parameter("bins", "bins of the histogram", 4096),
                                   {.key = "bucketing",
                                    .type = ParameterType::text,
                                    .doc = "deterministic: a value counts for both edges of its bin by their "
                                           "distances; stochastic: for one of "
                                           "them, drawn with that probability",
                                    .fallback = std::string("deterministic"),
                                    .choices = {"deterministic", "stochastic"}},
                                   {.key = "seed",
                                    .type = ParameterType::integer,
                                    .doc = "of these draws",
                                    .fallback = std::int64_t{0},
                                    .min = 0}}};
  return info;
}

std::unique_ptr<LevelStrategy> make_optimal_histogram(const Parameters& parameters) {
  std::optional<std::uint64_t> seed;
  if (parameters.text("bucketing") == "stochastic")
    seed = static_cast<std::uint64_t>(parameters.integer("seed"));
  return std::make_unique<CandidateLevels>(static_cast<int>(parameters.integer("bins")), true, seed);
}

}  // namespace zipml
