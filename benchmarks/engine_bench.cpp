// Full-precision SGD beside OpenBLAS's dot and axpy over the same rows in the same order, and
// quantize-and-pack in values a second. Every benchmark checks its result before it is timed; a wrong one is
// reported and not timed.
#include <benchmark/benchmark.h>
#include <cblas.h>

#include <cmath>
#include <map>
#include <numeric>

#include "engine/gradient/estimator.h"
#include "engine/kernels/kernels.h"
#include "engine/quantize/quantized_samples.h"
#include "engine/solve/training.h"

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

std::vector<std::uint32_t> permuted_rows(std::size_t rows) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = rows; i > 1; --i) {
    std::swap(order[i - 1], order[draw_below({1, Stream::permutation, 1}, i - 1, 0, i)]);
  }
  return order;
}

// One epoch of row-by-row gradients at a fixed model: a dot product and an axpy a row.
void count_values(benchmark::State& state, const Matrix& matrix) {
  state.counters["values/s"] = benchmark::Counter(static_cast<double>(matrix.rows() * matrix.cols()),
                                                  benchmark::Counter::kIsIterationInvariantRate);
}

void openblas_dot_axpy(const Matrix& matrix, std::span<const std::uint32_t> order, const float* x,
                       float* sum) {
  const auto n = static_cast<int>(matrix.cols());
  for (const std::uint32_t r : order) {
    const float* a = matrix.row(r).data();
    cblas_saxpy(n, cblas_sdot(n, a, 1, x, 1), a, 1, sum, 1);
  }
}

void BM_OpenBlasDotAxpy(benchmark::State& state) {
  openblas_set_num_threads(1);
  const Matrix& matrix = samples(static_cast<std::size_t>(state.range(0)));
  const auto order = permuted_rows(matrix.rows());
  const AlignedVector<float> x(matrix.stride(), 1e-3f);
  AlignedVector<float> sum(matrix.stride(), 0.0f);
  for (auto _ : state) {
    openblas_dot_axpy(matrix, order, x.data(), sum.data());
    benchmark::DoNotOptimize(sum.data());
  }
  count_values(state, matrix);
}

void BM_FullPrecisionGradient(benchmark::State& state) {
  const Matrix& matrix = samples(static_cast<std::size_t>(state.range(0)));
  const auto order = permuted_rows(matrix.rows());
  const std::vector<float> labels(matrix.rows(), 0.0f);
  const auto loss = losses()["least_squares"]({});
  const auto estimator = estimators()["full"]({}, {matrix, labels, *loss, 1, 1});
  AlignedVector<float> x(matrix.stride(), 0.0f), sum(matrix.stride(), 0.0f), check(matrix.stride(), 0.0f);
  std::fill_n(x.begin(), matrix.cols(), 1e-3f);
  EstimatorScratch scratch;
  const auto first = std::span(order).first(1000);
  estimator->accumulate(x, first, sum, scratch);
  openblas_dot_axpy(matrix, first, x.data(), check.data());
  for (std::size_t i = 0; i < matrix.cols(); ++i) {
    if (std::fabs(sum[i] - check[i]) > 1e-3f * (1.0f + std::fabs(check[i])))
      return state.SkipWithError("INCORRECT");
  }
  for (auto _ : state) {
    estimator->accumulate(x, order, sum, scratch);
    benchmark::DoNotOptimize(sum.data());
  }
  count_values(state, matrix);
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

void BM_DecodePairs(benchmark::State& state) {
  const Matrix& matrix = samples(static_cast<std::size_t>(state.range(0)));
  const auto strategy =
      level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters);
  QuantizedSamples packed(matrix, *strategy, 1 << state.range(1), 2, 1);
  packed.quantize(Rounding::stochastic, {1, Stream::sample_rounding, 1}, 1);
  QuantizeScratch scratch;
  std::vector<float> first(matrix.cols()), second(matrix.cols());
  for (auto _ : state) {
    for (std::size_t r = 0; r < matrix.rows(); ++r)
      packed.decode_pair(r, first.data(), second.data(), scratch);
    benchmark::DoNotOptimize(first.data());
  }
  count_values(state, matrix);
}

BENCHMARK(BM_OpenBlasDotAxpy)->Arg(90)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_FullPrecisionGradient)->Arg(90)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_QuantizeAndPack)
    ->ArgNames({"n", "bits", "draws"})
    ->ArgsProduct({{90, 1000}, {2, 4, 5, 8}, {1, 2}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_DecodePairs)
    ->ArgNames({"n", "bits"})
    ->ArgsProduct({{1000}, {2, 4, 5, 8}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zipml

BENCHMARK_MAIN();
