// Quantizing and packing rows of float32 samples, values a second on one core: the general path beside the
// kernel that writes rows of fields. Every benchmark checks its result before it is timed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>

#include "engine/core/matrix.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/quantize_fields.h"
#include "engine/kernels/quantize_fields_reference.h"
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

void BM_GeneralPath(benchmark::State& state) {
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

void quantize_fields(benchmark::State& state, Generator generator) {
  const Matrix& matrix = samples(static_cast<std::size_t>(state.range(0)));
  const std::size_t n = matrix.cols();
  const FieldLayout layout(n, static_cast<int>(state.range(1)), static_cast<int>(state.range(2)));
  const std::uint32_t intervals = (1u << state.range(1)) - 1;
  const AlignedVector<float> low(n, -1.0f), inverse_step(n, static_cast<float>(intervals) / 2.0f);
  const kernels::UniformColumns columns{low.data(), inverse_step.data(), intervals};
  AlignedVector<std::uint8_t> rows(matrix.rows() * layout.row_bytes()), check(layout.row_bytes());
  const auto quantize = [&](std::uint32_t epoch) {
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      kernels::quantize_fields(layout, matrix.row(r).data(), columns,
                               {1, Stream::sample_rounding, epoch, generator}, r * matrix.stride(),
                               rows.data() + r * layout.row_bytes());
    }
    kernels::flush_rows();
  };
  quantize(1);
  for (std::size_t r = 0; r < matrix.rows(); r += 997) {
    kernels::reference::quantize_fields(layout, matrix.row(r).data(), columns,
                                        {1, Stream::sample_rounding, 1, generator}, r * matrix.stride(),
                                        check.data());
    if (!std::equal(check.begin(), check.end(), rows.data() + r * layout.row_bytes()))
      return state.SkipWithError("INCORRECT");
  }
  std::uint32_t epoch = 1;
  for (auto _ : state) quantize(++epoch);
  count_values(state, matrix);
}

void BM_QuantizeFieldsPhilox(benchmark::State& state) { quantize_fields(state, Generator::philox); }
void BM_QuantizeFieldsAes(benchmark::State& state) { quantize_fields(state, Generator::aes); }

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"n", "bits", "draws"})->Unit(benchmark::kMillisecond);
  for (const int n : {90, 1000, 5000})
    for (const int bits : {1, 2, 4, 8})
      for (const int draws : {1, 2}) benchmark->Args({n, bits, draws});
}

BENCHMARK(BM_GeneralPath)->Apply(shapes)->Args({90, 5, 2})->Args({1000, 5, 2});  // 5 bits: no power of two
BENCHMARK(BM_QuantizeFieldsPhilox)->Apply(shapes);
BENCHMARK(BM_QuantizeFieldsAes)->Apply(shapes);

}  // namespace
}  // namespace zipml

BENCHMARK_MAIN();
