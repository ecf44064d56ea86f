#include "benchmarks/suite/problem.h"

#include <bit>
#include <cmath>
#include <limits>

#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"
#include "engine/solve/epoch_plan.h"

namespace zipml::bench {
namespace {

// Sum of the four bytes of a word, shifted and scaled to mean 0 and variance 1.
float bell(std::uint32_t word) {
  const std::uint32_t sum = (word & 255u) + (word >> 8 & 255u) + (word >> 16 & 255u) + (word >> 24);
  constexpr float kDeviation = 147.8f;  // sqrt(4 (256^2 - 1) / 12)
  return (static_cast<float>(sum) - 510.0f) / kDeviation;
}

std::vector<float> bells(Stream stream, std::uint64_t first, std::size_t n) {
  std::vector<std::uint32_t> words(n);
  kernels::random_bits({kSeed, stream, 0}, 0, first, words.data(), n);
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = bell(words[i]);
  return values;
}

}  // namespace

Problem::Problem(std::size_t rows, std::size_t cols)
    : features(rows, cols), labels(rows), loss(losses()["least_squares"]({})) {
  std::vector<float> x = bells(Stream::generate_model, 0, cols);
  for (float& weight : x) weight /= std::sqrt(static_cast<float>(cols));
  const std::vector<float> noise = bells(Stream::generate_labels, 0, rows);
  constexpr std::size_t kRowsPerBlock = 64;
  parallel_blocks((rows + kRowsPerBlock - 1) / kRowsPerBlock, available_threads(), [&](std::size_t block) {
    for (std::size_t r = block * kRowsPerBlock; r < std::min(rows, (block + 1) * kRowsPerBlock); ++r) {
      const std::vector<float> values = bells(Stream::generate_features, r * features.stride(), cols);
      std::copy(values.begin(), values.end(), features.row(r).begin());
      labels[r] = kernels::dot(values.data(), x.data(), cols) + noise[r];
    }
  });
}

std::size_t Problem::rows_for(double megabytes, std::size_t cols) {
  return std::max<std::size_t>(512, static_cast<std::size_t>(megabytes * 0x1p20 / 4) / cols);
}

std::vector<std::uint32_t> permuted_rows(std::size_t rows, std::uint32_t epoch) {
  std::vector<std::uint32_t> order(rows);
  order_rows("blocks", kSeed, epoch, order);
  return order;
}

double mean_loss(const Problem& problem, std::span<const float> x, int threads) {
  constexpr std::size_t kRowsPerBlock = 256;
  AlignedVector<float> padded(problem.features.stride(), 0.0f);
  std::copy(x.begin(), x.end(), padded.begin());
  std::vector<double> sums((problem.rows() + kRowsPerBlock - 1) / kRowsPerBlock);
  parallel_blocks(sums.size(), threads, [&](std::size_t block) {
    const std::size_t last = std::min(problem.rows(), (block + 1) * kRowsPerBlock);
    for (std::size_t r = block * kRowsPerBlock; r < last; ++r) {
      const float score = kernels::dot(problem.features.padded_row(r).data(), padded.data(), padded.size());
      sums[block] += problem.loss->value(double{score}, double{problem.labels[r]});
    }
  });
  const double loss = tree_sum(sums) / static_cast<double>(problem.rows());
  return std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity();
}

const std::vector<SampleKind>& sample_kinds() {
  static const std::vector<SampleKind> kinds{
      {"float32", "full", 32, 1, "synchronous"},
      {"8 bits", "naive", 8, 1, "integer"},
      {"4 bits", "naive", 4, 1, "integer"},
      {"2 bits", "naive", 2, 1, "integer"},
      {"1 bit", "naive", 1, 1, "integer"},
      {"8 + 2 bits", "double_sampling", 8, 2, "integer"},
      {"4 + 2 bits", "double_sampling", 4, 2, "integer"},
      {"2 + 2 bits", "double_sampling", 2, 2, "integer"},
      {"8 + 2, symmetrized", "double_sampling", 8, 2, "integer", true},
      {"4 + 2, symmetrized", "double_sampling", 4, 2, "integer", true},
      {"2 + 2, symmetrized", "double_sampling", 2, 2, "integer", true},
      {"8 bits, fused", "naive", 8, 1, "fused"},
      {"4 bits, fused", "naive", 4, 1, "fused"},
      {"2 bits, fused", "naive", 2, 1, "fused"},
      {"1 bit, fused", "naive", 1, 1, "fused"},
      {"4 + 2 bits, fused", "double_sampling", 4, 2, "fused"},
      {"2 + 2 bits, fused", "double_sampling", 2, 2, "fused"},
      {"4 bits, table", "naive", 4, 1, "fused", false, true},
      {"2 + 2 bits, table", "double_sampling", 2, 2, "fused", false, true},
      {"4 bits, int16 model", "naive", 4, 1, "fixed_point", false, true},
      {"2 + 2 bits, int16 model", "double_sampling", 2, 2, "fixed_point", false, true},
      {"4 bits, decoded", "naive", 4, 1, "synchronous"},
      {"4 + 2 bits, decoded", "double_sampling", 4, 2, "synchronous"}};
  return kinds;
}

SampleStore::SampleStore(const Problem& problem, const SampleKind& sample_kind) : kind(sample_kind) {
  std::vector<std::pair<std::string, ParameterValue>> given;
  if (!kind.is_float()) given = {{"bits", std::int64_t{kind.bits}}, {"sampling", std::string("once")}};
  if (kind.draws == 2) given.push_back({"symmetrized", kind.symmetrized});
  if (kind.shared) given.push_back({"columns_per_group", std::string("all")});
  const ComponentChoice choice = choose(estimators().family(), kind.estimator, given);
  const RowLayout layout = kind.is_integer()    ? RowLayout::fields
                           : kind.is_in_lanes() ? RowLayout::lanes
                                                : RowLayout::compact;
  estimator = estimators()[choice.kind](choice.parameters, {problem.features, problem.labels, *problem.loss,
                                                            kSeed, available_threads(), layout});
}

Trainer::Trainer(const Problem& problem, const SampleStore& store, std::size_t batch, int threads,
                 int model_bits, int replicas)
    : problem_(problem),
      store_(store),
      batch_(std::min(batch, problem.rows())),
      channel_(channels()["full"]({})),
      regularizer_(regularizers()["none"]({})),
      x_(problem.features.stride(), 0.0f) {
  std::vector<std::pair<std::string, ParameterValue>> given;
  if (store.kind.is_integer()) given = {{"model_bits", std::int64_t{model_bits}}};
  // Weights are about 1 / sqrt(columns) each.
  if (store.kind.is_fixed_point())
    given = {{"model_range", 16.0 / std::sqrt(static_cast<double>(problem.cols()))}};
  const ComponentFamily& engines = engine_registry().family();
  ComponentChoice choice = choose(engines, store.kind.engine, given);
  if (replicas > 1) {
    choice = choose(engines, "local_sgd",
                    {{"replicas", std::int64_t{replicas}},
                     {"average_every", static_cast<std::int64_t>(kAverageEvery)},
                     {"replica", std::make_shared<const ComponentChoice>(choice)}});
  }
  engine_ = engine_registry()[choice.kind](choice.parameters, threads);
}

void Trainer::run(std::span<const std::uint32_t> order, float gamma, std::uint32_t epoch) {
  engine_->run_epoch({*store_.estimator, *problem_.loss, problem_.labels, *channel_, *channel_, *regularizer_,
                      order, std::min(batch_, order.size()), problem_.cols(), gamma, epoch, kSeed},
                     x_);
}

}  // namespace zipml::bench
