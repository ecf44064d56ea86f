#include "engine/solve/bias_and_noise.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/core/parallel.h"

namespace zipml {
namespace {

constexpr std::size_t kRowsPerBlock = 64;

std::vector<std::uint32_t> rows_of_block(std::size_t block, std::size_t rows) {
  const std::size_t first = block * kRowsPerBlock;
  std::vector<std::uint32_t> indices(std::min(kRowsPerBlock, rows - first));
  std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(first));
  return indices;
}

// Mean gradient of all rows. Blocks are summed in float32 as in training, then in their order in float64.
std::vector<double> mean_gradient(const GradientEstimator& estimator, std::span<const float> x,
                                  std::size_t rows, int threads) {
  const std::size_t blocks = (rows + kRowsPerBlock - 1) / kRowsPerBlock;
  std::vector<AlignedVector<float>> sums(blocks);
  parallel_blocks(blocks, threads, [&](std::size_t block) {
    EstimatorScratch scratch;
    sums[block].assign(x.size(), 0.0f);
    estimator.accumulate(x, rows_of_block(block, rows), sums[block], scratch);
  });
  std::vector<double> mean(x.size(), 0.0);
  for (const AlignedVector<float>& sum : sums) {
    for (std::size_t c = 0; c < x.size(); ++c) mean[c] += double{sum[c]} / static_cast<double>(rows);
  }
  return mean;
}

double squared_norm(std::span<const double> v) {
  double sum = 0.0;
  for (const double value : v) sum += value * value;
  return sum;
}

// mean |g_r|^2
double mean_square(const GradientEstimator& full, std::span<const float> x, std::size_t rows) {
  EstimatorScratch scratch;
  AlignedVector<float> g(x.size());
  double sum = 0.0;
  for (std::uint32_t r = 0; r < rows; ++r) {
    std::fill(g.begin(), g.end(), 0.0f);
    full.accumulate(x, std::span(&r, 1), g, scratch);
    for (const float v : g) sum += double{v} * double{v};
  }
  return sum / static_cast<double>(rows);
}

}  // namespace

BiasAndNoise measure_bias_and_noise(const GradientEstimator& full, GradientEstimator& estimator,
                                    std::span<const float> x, std::size_t rows, int draws, int threads) {
  const std::vector<double> exact = mean_gradient(full, x, rows, threads);
  // Welford's recurrence for the mean deviation and the sum of squares around it.
  std::vector<double> mean(x.size(), 0.0), spread(x.size(), 0.0);
  for (int draw = 1; draw <= draws; ++draw) {
    estimator.begin_epoch(static_cast<std::uint32_t>(draw));
    const std::vector<double> g = mean_gradient(estimator, x, rows, threads);
    for (std::size_t c = 0; c < x.size(); ++c) {
      const double deviation = g[c] - exact[c], before = deviation - mean[c];
      mean[c] += before / draw;
      spread[c] += before * (deviation - mean[c]);
    }
  }
  const double count = draws, bias_square = squared_norm(mean);
  const double variance = std::accumulate(spread.begin(), spread.end(), 0.0) / (count - 1.0);
  BiasAndNoise error;
  const double gradient_square = squared_norm(exact);
  error.gradient_norm = std::sqrt(gradient_square);
  error.sample_noise = std::sqrt(std::max(mean_square(full, x, rows) - gradient_square, 0.0));
  // E|mean over the draws - G|^2 = bias^2 + variance / draws.
  error.bias = std::sqrt(std::max(bias_square - variance / count, 0.0));
  error.bias_floor = std::sqrt(variance / count);
  error.noise = std::sqrt(variance * static_cast<double>(rows));
  return error;
}

const ComponentFamily& probes() {
  static const ComponentFamily family{
      "probes",
      "what a run measures along its way; does not change the run",
      {{"bias_and_noise",
        "bias and noise of an estimator's gradients at the run's own models, over all training rows",
        {{.key = "estimator",
          .type = ParameterType::component,
          .doc = "the estimator that is measured; the run itself follows precision/samples",
          .family = []() -> const ComponentFamily& { return estimators().family(); }},
         {.key = "draws",
          .type = ParameterType::integer,
          .doc = "independent sets of draws at each model",
          .fallback = std::int64_t{32},
          .min = 2,
          .max = 60000},
         {.key = "every",
          .type = ParameterType::integer,
          .doc = "epochs from one measurement to the next; the last epoch is always measured",
          .fallback = std::int64_t{5},
          .min = 1,
          .max = 1e6}}}}};
  return family;
}

}  // namespace zipml
