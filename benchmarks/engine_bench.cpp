// Quantize-and-pack in values a second. Every benchmark checks its result before it is timed; a wrong one is
// reported and not timed. Epochs of the solver are zipml_bench's.
#include <benchmark/benchmark.h>

#include <map>

#include "engine/kernels/kernels.h"
#include "engine/quantize/quantized_samples.h"

namespace zipml {
namespace {

constexpr std::size_t kBytes = std::size_t{1} << 28;  // of float32 samples: far beyond any cache

const Matrix& samples(std::size_t n) {
  static std::map<std::size_t, Matrix> cache;
  const auto [entry, fresh] = cache.try_emplace(n);
  if (fresh) {
    Matrix matrix(kBytes / sizeof(float) / n, n);
    std::vector<std::uint32_t> words(n);
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      kernels::random_bits({1, Stream::generate_features, 0}, 0, r * matrix.stride(), words.data(), n);
      for (std::size_t c = 0; c < n; ++c) matrix(r, c) = static_cast<float>(words[c]) * 0x1p-31f - 1.0f;
    }
    entry->second = std::move(matrix);
  }
  return entry->second;
}

void count_values(benchmark::State& state, const Matrix& matrix) {
  state.counters["values/s"] = benchmark::Counter(static_cast<double>(matrix.rows() * matrix.cols()),
                                                  benchmark::Counter::kIsIterationInvariantRate);
}

void BM_QuantizeAndPack(benchmark::State& state) {
  const Matrix& matrix = samples(static_cast<std::size_t>(state.range(0)));
  const auto strategy =
      level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters);
  const auto bits = static_cast<int>(state.range(1)), draws = static_cast<int>(state.range(2));
  QuantizedSamples packed(matrix, *strategy, 1 << bits, draws, 1);
  std::uint32_t epoch = 1;
  packed.quantize(Rounding::stochastic, {1, Stream::sample_rounding, epoch}, 1);
  QuantizeScratch scratch;
  std::vector<float> row(matrix.cols());
  packed.decode(3, draws - 1, row.data(), scratch);
  for (std::size_t c = 0; c < matrix.cols(); ++c) {
    const LevelSet& levels = packed.levels().column(c);
    const auto code =
        round_to_level(Rounding::stochastic, matrix(3, c), levels, {1, Stream::sample_rounding, epoch},
                       3 * matrix.stride() + c, static_cast<std::uint32_t>(draws - 1));
    if (row[c] != levels.values()[code]) return state.SkipWithError("INCORRECT");
  }
  for (auto _ : state) packed.quantize(Rounding::stochastic, {1, Stream::sample_rounding, ++epoch}, 1);
  count_values(state, matrix);
}

BENCHMARK(BM_QuantizeAndPack)
    ->ArgNames({"n", "bits", "draws"})
    ->ArgsProduct({{90, 1000}, {2, 4, 5, 8}, {1, 2}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zipml

BENCHMARK_MAIN();
