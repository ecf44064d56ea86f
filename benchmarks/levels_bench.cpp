// Time to find levels on draws of a lognormal(0, 1): the exact optimum after sorting and with it, the
// histogram variant, few levels, k-means, and the exponent of time in N. Results are checked before they are
// timed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <string>

#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/quantize/candidate_levels.h"
#include "engine/quantize/column_levels.h"
#include "engine/quantize/interval_costs.h"
#include "engine/quantize/monotone_partition.h"
#include "engine/quantize/optimal_levels.h"
#include "engine/quantize/reference_levels.h"

namespace zipml {
namespace {

constexpr int kLevels = 16;

const std::vector<float>& lognormal(std::size_t n) {
  static std::map<std::size_t, std::vector<float>> cache;
  const auto [entry, fresh] = cache.try_emplace(n);
  if (fresh) {
    for (std::size_t i = 0; i < n; ++i) {
      const double normal = draw_normal({1, Stream::generate_features, 0}, i, 0);
      entry->second.push_back(static_cast<float>(portable_exp(normal)));
    }
  }
  return entry->second;
}

LevelSet find_levels(const char* kind, std::span<const float> values) {
  return level_strategies()[kind](choose(level_strategies().family(), kind).parameters)
      ->levels(values, kLevels);
}

// Total variance of a strategy's levels over the optimum's; below 1 only by rounding.
double variance_ratio(const char* kind, std::span<const float> values) {
  const double best = total_variance(values, find_levels("optimal", values).values());
  return total_variance(values, find_levels(kind, values).values()) / best;
}

// The solver equals the reference where that is feasible.
bool solver_is_exact() {
  const std::vector<float>& values = lognormal(1000);
  const double reference = reference_optimal_variance(values, kLevels);
  const double found = total_variance(values, find_levels("optimal", values).values());
  return found <= reference * (1.0 + 1e-9) && found >= reference * (1.0 - 1e-9);
}

void BM_OptimalAfterSorting(benchmark::State& state) {
  if (!solver_is_exact()) return state.SkipWithError("INCORRECT: the optimum differs from the reference");
  const std::vector<float> sorted = sorted_values(lognormal(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) {
    const WeightedPoints points = distinct_points(sorted);
    benchmark::DoNotOptimize(optimal_positions(points, kLevels).data());
  }
}

void BM_OptimalWithSorting(benchmark::State& state) {
  if (!solver_is_exact()) return state.SkipWithError("INCORRECT: the optimum differs from the reference");
  const std::vector<float>& values = lognormal(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(find_levels("optimal", values).low());
}

void BM_OptimalHistogram(benchmark::State& state) {
  const std::vector<float>& values = lognormal(static_cast<std::size_t>(state.range(0)));
  const double ratio = variance_ratio("optimal_histogram", values);
  if (!(ratio < 1.01 && ratio > 1.0 - 1e-9)) {
    return state.SkipWithError("INCORRECT: the histogram's levels are not within 1% above the optimum");
  }
  for (auto _ : state) benchmark::DoNotOptimize(find_levels("optimal_histogram", values).low());
  state.counters["variance/optimal"] = ratio;
}

// Few levels by closed forms, against the same program one level at a time (range(1) levels, range(2) == 1:
// closed forms).
void BM_FewLevels(benchmark::State& state) {
  const WeightedPoints points =
      distinct_points(sorted_values(lognormal(static_cast<std::size_t>(state.range(0)))));
  const auto steps = static_cast<int>(state.range(1)) - 1;
  const FastVarianceCost cost(points, centered_prefix_sums(points));
  const double by_pairs = variance_at(points, cheapest_path_by_pairs(points.size(), steps, cost));
  const double one_by_one = variance_at(points, cheapest_path(points.size(), steps, cost));
  if (!(std::fabs(by_pairs - one_by_one) <= 1e-9 * one_by_one)) {
    return state.SkipWithError("INCORRECT: the closed form differs from the search");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(state.range(2) == 1 ? cheapest_path_by_pairs(points.size(), steps, cost).data()
                                                 : cheapest_path(points.size(), steps, cost).data());
  }
}

void BM_Kmeans(benchmark::State& state) {
  const std::vector<float>& values = lognormal(static_cast<std::size_t>(state.range(0)));
  const auto& registry = level_strategies();
  const auto strategy = registry["kmeans"](choose(registry.family(), "kmeans").parameters);
  const auto levels = static_cast<int>(state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(strategy->levels(values, levels).low());
}

// 8 levels for every column of a matrix of YearPrediction's shape, on two threads; wall time.
void BM_Matrix(benchmark::State& state, const char* kind) {
  constexpr std::size_t kRows = 463'715, kCols = 90;
  constexpr int kMatrixLevels = 8;
  static const Matrix matrix = [] {
    Matrix filled(kRows, kCols);
    const std::vector<float>& values = lognormal(std::size_t{1} << 20);
    for (std::size_t r = 0; r < kRows; ++r) {
      // Other columns see the values in another order and scale.
      for (std::size_t c = 0; c < kCols; ++c) {
        filled(r, c) = values[(r + c * 7919) & (values.size() - 1)] * static_cast<float>(c + 1);
      }
    }
    return filled;
  }();
  const auto& registry = level_strategies();
  const auto strategy = registry[kind](choose(registry.family(), kind).parameters);
  std::vector<float> column(kRows);
  for (std::size_t r = 0; r < kRows; ++r) column[r] = matrix(r, 17);
  const LevelSet alone = strategy->levels(column, kMatrixLevels);
  for (auto _ : state) {
    const ColumnLevels levels = column_levels(matrix, *strategy, kMatrixLevels, 2);
    const auto found = levels.column(17).values();
    if (!std::equal(found.begin(), found.end(), alone.values().begin())) {
      state.SkipWithError("INCORRECT: a column's levels differ from those found on it alone");
    }
  }
}

// Time from 2^16 to 2^24 values, one run a size, and the exponent of the line that fits log time best: 1 is
// linear. Sorting is included.
void BM_Exponent(benchmark::State& state, const char* kind) {
  if (!solver_is_exact()) return state.SkipWithError("INCORRECT: the optimum differs from the reference");
  constexpr int kFirst = 16, kLast = 24;
  for (auto _ : state) {
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    for (int log_size = kFirst; log_size <= kLast; log_size += 2) {
      const std::vector<float>& values = lognormal(std::size_t{1} << log_size);
      benchmark::DoNotOptimize(find_levels(kind, std::span(values).first(1000)).low());
      const auto start = std::chrono::steady_clock::now();
      benchmark::DoNotOptimize(find_levels(kind, values).low());
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      state.counters["ms_2^" + std::to_string(log_size)] = 1e3 * seconds;
      const double log_seconds = std::log2(seconds);
      n += 1.0;
      x += log_size;
      y += log_seconds;
      xx += log_size * log_size;
      xy += log_size * log_seconds;
    }
    state.counters["exponent"] = (n * xy - x * y) / (n * xx - x * x);
  }
}

#define ZIPML_SIZES RangeMultiplier(16)->Range(1 << 16, 1 << 20)->Unit(benchmark::kMillisecond)
BENCHMARK(BM_OptimalAfterSorting)->ZIPML_SIZES;
BENCHMARK(BM_OptimalWithSorting)->ZIPML_SIZES;
BENCHMARK(BM_OptimalHistogram)->ZIPML_SIZES;
BENCHMARK(BM_FewLevels)
    ->ArgsProduct({{1 << 20}, {3, 4, 5, 16}, {0, 1}})
    ->ArgNames({"n", "levels", "closed_form"})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Kmeans)
    ->ArgsProduct({{100'000}, {16, 64, 256}})
    ->ArgNames({"n", "levels"})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Matrix, optimal, "optimal")->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();
BENCHMARK_CAPTURE(BM_Matrix, optimal_histogram, "optimal_histogram")
    ->Iterations(3)
    ->Unit(benchmark::kSecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(BM_Exponent, optimal, "optimal")->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(BM_Exponent, optimal_histogram, "optimal_histogram")
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace zipml

BENCHMARK_MAIN();
