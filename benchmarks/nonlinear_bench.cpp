// An epoch of the Chebyshev estimator at degree 15 (16 draws on 16 levels, 8 bits a value) beside an epoch of
// naive rounding to 8 bits: fresh draws of every value, then the gradients of all rows in mini-batches of 16.
// The first must take at most 20 times as long as the second. Every benchmark checks its gradients before it
// is timed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <map>
#include <numeric>

#include "engine/gradient/estimator.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

constexpr std::size_t kValues = std::size_t{1} << 22, kBatch = 16;

struct Samples {
  Matrix features;
  std::vector<float> labels;
};

const Samples& samples(std::size_t n) {
  static std::map<std::size_t, Samples> cache;
  const auto [entry, fresh] = cache.try_emplace(n);
  if (fresh) {
    Matrix matrix(kValues / n, n);
    std::vector<std::uint32_t> words(n);
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      kernels::random_bits({1, Stream::generate_features, 0}, 0, r * matrix.stride(), words.data(), n);
      for (std::size_t c = 0; c < n; ++c) matrix(r, c) = static_cast<float>(words[c]) * 0x1p-31f - 1.0f;
      entry->second.labels.push_back(r % 3 == 0 ? 1.0f : -1.0f);
    }
    entry->second.features = std::move(matrix);
  }
  return entry->second;
}

// Scores of the order of 1.
AlignedVector<float> some_model(const Matrix& matrix) {
  AlignedVector<float> x(matrix.stride(), 0.0f);
  for (std::size_t c = 0; c < matrix.cols(); ++c)
    x[c] = (c % 2 == 0 ? 1.0f : -1.0f) / std::sqrt(static_cast<float>(matrix.cols()));
  return x;
}

void run_epoch(GradientEstimator& estimator, std::uint32_t epoch, const AlignedVector<float>& x,
               std::span<const std::uint32_t> rows, AlignedVector<float>& sum, EstimatorScratch& scratch) {
  estimator.begin_epoch(epoch);
  for (std::size_t first = 0; first < rows.size(); first += kBatch)
    estimator.accumulate(x, rows.subspan(first, std::min(kBatch, rows.size() - first)), sum, scratch);
}

void measure_epochs(benchmark::State& state, const ComponentChoice& choice) {
  const Samples& data = samples(static_cast<std::size_t>(state.range(0)));
  const auto loss = losses()["logistic"]({});
  const EstimatorInput input{data.features, data.labels, *loss, 1, 1};
  const auto estimator = estimators()[choice.kind](choice.parameters, input);
  const AlignedVector<float> x = some_model(data.features);
  std::vector<std::uint32_t> rows(data.features.rows());
  std::iota(rows.begin(), rows.end(), 0u);
  EstimatorScratch scratch;
  AlignedVector<float> sum(x.size(), 0.0f), exact(x.size(), 0.0f);
  run_epoch(*estimator, 1, x, rows, sum, scratch);
  estimators()["full"]({}, input)->accumulate(x, rows, exact, scratch);
  double error = 0.0, norm = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    error += std::pow(static_cast<double>(sum[c] - exact[c]), 2);
    norm += std::pow(static_cast<double>(exact[c]), 2);
  }
  if (!(std::sqrt(error / norm) < 0.05)) return state.SkipWithError("INCORRECT");
  std::uint32_t epoch = 1;
  for (auto _ : state) {
    run_epoch(*estimator, ++epoch, x, rows, sum, scratch);
    benchmark::DoNotOptimize(sum.data());
  }
  state.counters["values/s"] =
      benchmark::Counter(static_cast<double>(data.features.rows() * data.features.cols()),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void BM_NaiveEpoch(benchmark::State& state) {
  measure_epochs(state, choose(estimators().family(), "naive", {{"bits", std::int64_t{8}}}));
}

void BM_ChebyshevEpoch(benchmark::State& state) {
  measure_epochs(state, choose(estimators().family(), "chebyshev",
                               {{"bits", std::int64_t{4}}, {"degree", std::int64_t{15}}}));
}

BENCHMARK(BM_NaiveEpoch)->Arg(8)->Arg(90)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_ChebyshevEpoch)->Arg(8)->Arg(90)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zipml

BENCHMARK_MAIN();
