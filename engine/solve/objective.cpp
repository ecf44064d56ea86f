#include "engine/solve/objective.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "engine/core/parallel.h"

namespace zipml {
namespace {

double score(std::span<const float> row, std::span<const double> x) {
  constexpr std::size_t kSums = 8;
  double partial[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= x.size(); i += kSums) {
    for (std::size_t k = 0; k < kSums; ++k) partial[k] += static_cast<double>(row[i + k]) * x[i + k];
  }
  for (std::size_t k = 0; i < x.size(); ++i, ++k) partial[k] += static_cast<double>(row[i]) * x[i];
  return ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
         ((partial[4] + partial[5]) + (partial[6] + partial[7]));
}

}  // namespace

Evaluation evaluate(const Split& split, const Loss& loss, std::span<const double> x, int threads) {
  const std::size_t rows = split.rows();
  if (rows == 0) return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  constexpr std::size_t kRowsPerBlock = 512;
  static_assert(RowSource::kGrain % kRowsPerBlock == 0);
  const std::size_t blocks = (rows + kRowsPerBlock - 1) / kRowsPerBlock;
  std::vector<double> losses(blocks), right(blocks);
  split.visit([&](std::size_t first, const Matrix& part) {
    parallel_blocks((part.rows() + kRowsPerBlock - 1) / kRowsPerBlock, threads, [&](std::size_t block) {
      const std::size_t last = std::min((block + 1) * kRowsPerBlock, part.rows());
      double loss_sum = 0.0, right_sum = 0.0;
      for (std::size_t r = block * kRowsPerBlock; r < last; ++r) {
        const double z = score(part.row(r), x), label = static_cast<double>(split.labels[first + r]);
        loss_sum += loss.value(z, label);
        right_sum += (z >= 0.0) == (label > 0.0) ? 1.0 : 0.0;
      }
      losses[first / kRowsPerBlock + block] = loss_sum;
      right[first / kRowsPerBlock + block] = right_sum;
    });
  });
  const auto count = static_cast<double>(rows);
  return {tree_sum(losses) / count, tree_sum(right) / count};
}

}  // namespace zipml
