#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace zipml {

/// Row minima of a totally monotone matrix in O(rows + columns) evaluations: SMAWK (Aggarwal, Klawe, Moran,
/// Shor and Wilber, "Geometric applications of a matrix-searching algorithm", Algorithmica 2, 1987). Row m
/// has entries in columns j <= m; ties go to the smaller column. One object serves many matrices of one size.
class RowMinima {
 public:
  explicit RowMinima(std::size_t rows) : rows_(rows), columns_(rows) {
    std::iota(columns_.begin(), columns_.end(), 0u);
  }

  /// entry(m, j) for j <= m < rows; minimum[m] and where[m] receive the least entry of row m and its column.
  template <class Entry>
  void find(const Entry& entry, double* minimum, std::uint32_t* where) {
    columns_.resize(rows_);
    // The last row is one of them, so that every later scan ends at a known minimum.
    const std::size_t first = (rows_ - 1) % kStride;
    solve(entry, first, kStride, 0, rows_, minimum, where);
    for (std::size_t row = 0; row < first; ++row) {
      scan(entry, row, 0, static_cast<std::uint32_t>(row), minimum, where);
    }
    for (std::size_t half = kStride / 2; half > 0; half /= 2) {
      for (std::size_t row = first + half; row < rows_; row += 2 * half) {
        scan(entry, row, where[row - half], std::min(where[row + half], static_cast<std::uint32_t>(row)),
             minimum, where);
      }
    }
  }

 private:
  // SMAWK finds every kStride-th row; the rows between are scanned from the minimum above to the one below,
  // halving the distance each time. That is log2(kStride) more evaluations a column, but in order and without
  // the stack's unpredictable branches.
  static constexpr std::size_t kStride = 32;

  template <class Entry>
  static void scan(const Entry& entry, std::size_t row, std::uint32_t first, std::uint32_t last,
                   double* minimum, std::uint32_t* where) {
    double best = entry(row, first);
    std::uint32_t best_column = first;
    for (std::uint32_t column = first + 1; column <= last; ++column) {
      const double next = entry(row, column);
      best_column = next < best ? column : best_column;
      best = next < best ? next : best;
    }
    minimum[row] = best;
    where[row] = best_column;
  }

  // Rows first, first + stride, ...; the columns are those in columns_[begin, end), and what recursion adds
  // behind them is taken away again.
  template <class Entry>
  void solve(const Entry& entry, std::size_t first, std::size_t stride, std::size_t begin, std::size_t end,
             double* minimum, std::uint32_t* where) {
    if (first >= rows_) return;
    const std::size_t kept = reduce(entry, first, stride, begin, end);
    solve(entry, first + stride, 2 * stride, kept, columns_.size(), minimum, where);
    interpolate(entry, first, stride, kept, minimum, where);
    columns_.resize(kept);
  }

  template <class Entry>
  static double at(const Entry& entry, std::size_t row, std::uint32_t column) {
    return column <= row ? entry(row, column) : std::numeric_limits<double>::infinity();
  }

  // Appends the columns that can hold a minimum, at most one a row; returns where they begin.
  template <class Entry>
  std::size_t reduce(const Entry& entry, std::size_t first, std::size_t stride, std::size_t begin,
                     std::size_t end) {
    const std::size_t row_count = (rows_ - first + stride - 1) / stride, kept = columns_.size();
    columns_.resize(kept + row_count);
    top_value_.resize(std::max(top_value_.size(), row_count));
    std::uint32_t* stack = columns_.data() + kept;
    std::size_t size = 0;
    for (std::size_t c = begin; c < end; ++c) {
      const std::uint32_t column = columns_[c];
      while (size > 0 && at(entry, first + stride * (size - 1), column) < top_value_[size - 1]) --size;
      if (size == row_count) continue;
      stack[size] = column;
      top_value_[size] = at(entry, first + stride * size, column);
      ++size;
    }
    columns_.resize(kept + size);
    return kept;
  }

  // Minima of the even rows, between those of the odd ones.
  template <class Entry>
  void interpolate(const Entry& entry, std::size_t first, std::size_t stride, std::size_t kept,
                   double* minimum, std::uint32_t* where) {
    std::size_t c = kept;
    for (std::size_t row = first; row < rows_; row += 2 * stride) {
      const std::uint32_t last = row + stride < rows_ ? where[row + stride] : columns_.back();
      double best = at(entry, row, columns_[c]);
      std::uint32_t best_column = columns_[c];
      while (columns_[c] != last) {
        const double next = at(entry, row, columns_[++c]);
        if (next < best) {
          best = next;
          best_column = columns_[c];
        }
      }
      minimum[row] = best;
      where[row] = best_column;
    }
  }

  std::size_t rows_;
  std::vector<std::uint32_t> columns_;
  std::vector<double> top_value_;
};

/// Path of exactly `steps` steps over nodes 0 .. nodes - 1, from the first to the last, of least total cost:
/// steps + 1 ascending node numbers. cost(i, j), i <= j, must be 0 for i == j and fulfil the quadrangle
/// inequality. O(steps * nodes) time and 4 * (steps - 2) * nodes bytes for the way back.
template <class Cost>
std::vector<std::uint32_t> cheapest_path(std::size_t nodes, int steps, const Cost& cost) {
  const auto inner = static_cast<std::size_t>(steps > 2 ? steps - 2 : 0);
  const auto last = static_cast<std::uint32_t>(nodes - 1);
  std::vector<std::uint32_t> path(static_cast<std::size_t>(steps) + 1, 0);
  path.back() = last;
  if (steps == 1) return path;
  std::vector<double> before(nodes), now(nodes);
  for (std::size_t m = 0; m < nodes; ++m) before[m] = cost(0, m);
  std::vector<std::vector<std::uint32_t>> from(inner);
  RowMinima minima(nodes);
  for (std::vector<std::uint32_t>& where : from) {
    where.resize(nodes);
    minima.find([&](std::size_t m, std::size_t j) { return before[j] + cost(j, m); }, now.data(),
                where.data());
    std::swap(before, now);
  }
  double best = std::numeric_limits<double>::infinity();
  std::uint32_t node = last;
  for (std::size_t j = 0; j < nodes; ++j) {
    const double total = before[j] + cost(j, last);
    if (total < best) {
      best = total;
      node = static_cast<std::uint32_t>(j);
    }
  }
  path[static_cast<std::size_t>(steps) - 1] = node;
  for (std::size_t s = inner; s > 0; --s) path[s] = node = from[s - 1][node];
  return path;
}

}  // namespace zipml
