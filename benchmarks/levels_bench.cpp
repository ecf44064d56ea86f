// Time to find levels on draws of a lognormal(0, 1): the exact optimum after sorting and with it, and the
// histogram variant, with the fitted exponent of time in N. Results are checked before they are timed.
#include <benchmark/benchmark.h>

#include <map>

#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/quantize/candidate_levels.h"
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

// The solver equals the reference where that is feasible.
bool solver_is_exact() {
  const std::vector<float>& values = lognormal(1000);
  const double reference = reference_optimal_variance(values, kLevels);
  const double found = total_variance(values, find_levels("optimal", values).values());
  return found <= reference * (1.0 + 1e-9) && found >= reference * (1.0 - 1e-9);
}

void BM_OptimalAfterSorting(benchmark::State& state) {
  if (!solver_is_exact()) return state.SkipWithError("the optimum differs from the reference");
  const std::vector<float> sorted = sorted_values(lognormal(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) {
    const WeightedPoints points = distinct_points(sorted);
    benchmark::DoNotOptimize(optimal_positions(points, kLevels).data());
  }
  state.SetComplexityN(state.range(0));
}

void BM_OptimalWithSorting(benchmark::State& state) {
  if (!solver_is_exact()) return state.SkipWithError("the optimum differs from the reference");
  const std::vector<float>& values = lognormal(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(find_levels("optimal", values).low());
  state.SetComplexityN(state.range(0));
}

void BM_OptimalHistogram(benchmark::State& state) {
  const std::vector<float>& values = lognormal(static_cast<std::size_t>(state.range(0)));
  const double best = total_variance(values, find_levels("optimal", values).values());
  const double found = total_variance(values, find_levels("optimal_histogram", values).values());
  if (found > 1.01 * best || found < best * (1.0 - 1e-9)) {
    return state.SkipWithError("the histogram's levels are not within 1% above the optimum");
  }
  for (auto _ : state) benchmark::DoNotOptimize(find_levels("optimal_histogram", values).low());
  state.counters["variance/optimal"] = found / best;
  state.SetComplexityN(state.range(0));
}

// No model is given, so the best fitting one is printed: a worse one than oN would show.
#define ZIPML_SIZES RangeMultiplier(4)->Range(1 << 16, 1 << 22)->Unit(benchmark::kMillisecond)->Complexity()
BENCHMARK(BM_OptimalAfterSorting)->ZIPML_SIZES;
BENCHMARK(BM_OptimalWithSorting)->ZIPML_SIZES;
BENCHMARK(BM_OptimalHistogram)->ZIPML_SIZES;

}  // namespace
}  // namespace zipml

BENCHMARK_MAIN();
