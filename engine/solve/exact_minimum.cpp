#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/parallel.h"
#include "engine/solve/objective.h"
#include "engine/solve/training.h"

namespace zipml {
namespace {

// Adds the products of some rows to a matrix of normal equations.
void add_products(const Matrix& block, const float* labels, std::size_t n, int threads,
                  std::vector<double>& gram) {
  constexpr std::size_t kTile = 32;
  const std::size_t width = n + 1, tiles = (width + kTile - 1) / kTile;
  parallel_blocks(tiles * tiles, threads, [&](std::size_t tile) {
    const std::size_t i0 = tile / tiles * kTile, j0 = tile % tiles * kTile;
    if (j0 + kTile <= i0 || i0 >= n) return;
    const std::size_t rows = std::min(kTile, n - i0), cols = std::min(kTile, width - j0);
    double sums[kTile][kTile] = {};
    for (std::size_t i = 0; i < rows; ++i) std::copy_n(gram.data() + (i0 + i) * width + j0, cols, sums[i]);
    for (std::size_t r = 0; r < block.rows(); ++r) {
      const auto a = block.row(r);
      double right[kTile] = {};
      for (std::size_t j = 0; j < cols; ++j)
        right[j] = static_cast<double>(j0 + j < n ? a[j0 + j] : labels[r]);
      for (std::size_t i = 0; i < rows; ++i) {
        const auto left = static_cast<double>(a[i0 + i]);
        for (std::size_t j = 0; j < kTile; ++j) sums[i][j] += left * right[j];
      }
    }
    for (std::size_t i = 0; i < rows; ++i) std::copy_n(sums[i], cols, gram.data() + (i0 + i) * width + j0);
  });
}

// Upper triangle of A'A, and A'b in column n: n x (n + 1), row-major. Tiles are summed over all rows in their
// order, so the result depends neither on the number of threads nor on how the rows come.
std::vector<double> normal_equations(const Split& split, std::size_t n, int threads) {
  std::vector<double> gram(n * (n + 1), 0.0);
  split.visit([&](std::size_t first, const Matrix& block) {
    add_products(block, split.labels.data() + first, n, threads, gram);
  });
  return gram;
}

// Cholesky in place on the upper triangle, then back substitution. A pivot that is all rounding error marks a
// column that depends on earlier ones: its weight is 0.
std::vector<double> solve_normal_equations(std::vector<double>& gram, std::size_t n, int threads) {
  const std::size_t width = n + 1;
  std::vector<bool> dependent(n, false);
  for (std::size_t k = 0; k < n; ++k) {
    double* pivot_row = gram.data() + k * width;
    const double original = pivot_row[k];
    double pivot = original;
    for (std::size_t m = 0; m < k; ++m) pivot -= gram[m * width + k] * gram[m * width + k];
    dependent[k] = !(pivot > 1e-12 * original);
    if (dependent[k]) {
      std::fill(pivot_row + k, pivot_row + width, 0.0);
      continue;
    }
    const double root = std::sqrt(pivot);
    constexpr std::size_t kColumns = 128;
    parallel_blocks((width - k + kColumns - 1) / kColumns, n < 256 ? 1 : threads, [&](std::size_t block) {
      const std::size_t first = k + block * kColumns, last = std::min(first + kColumns, width);
      for (std::size_t m = 0; m < k; ++m) {
        const double* row = gram.data() + m * width;
        const double factor = row[k];
        if (factor == 0.0) continue;
        for (std::size_t j = std::max(first, k + 1); j < last; ++j) pivot_row[j] -= factor * row[j];
      }
      for (std::size_t j = std::max(first, k + 1); j < last; ++j) pivot_row[j] /= root;
    });
    pivot_row[k] = root;
  }
  std::vector<double> x(n, 0.0);
  for (std::size_t k = n; k-- > 0;) {
    if (dependent[k]) continue;
    double sum = gram[k * width + n];
    for (std::size_t j = k + 1; j < n; ++j) sum -= gram[k * width + j] * x[j];
    x[k] = sum / gram[k * width + k];
  }
  return x;
}

}  // namespace

std::vector<double> exact_least_squares_solution(const PreparedData& data, int threads) {
  const std::size_t n = data.data.features();
  if (n > kMaxExactColumns) return {};
  std::vector<double> gram = normal_equations(data.data.train, n, threads);
  return solve_normal_equations(gram, n, threads);
}

double exact_least_squares_minimum(const PreparedData& data, int threads) {
  const std::vector<double> x = exact_least_squares_solution(data, threads);
  if (x.empty()) return std::numeric_limits<double>::quiet_NaN();
  // On labels -1 and +1 the LS-SVM's loss is the same function.
  const auto loss = losses()["least_squares"]({});
  return evaluate(data.data.train, *loss, x, threads).loss * data.loss_unit;
}

}  // namespace zipml
