#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace zipml {

/// Row minima of a totally monotone matrix in O(rows + columns) evaluations: SMAWK (Aggarwal, Klawe, Moran,
/// Shor and Wilber, "Geometric applications of a matrix-searching algorithm", Algorithmica 2, 1987). Row m
/// has entries in columns j <= m; ties go to the smaller column. One object serves many matrices of one size.
/// Where rows' columns from below are known and close, the minima are found between neighbours instead (F. F.
/// Yao, "Efficient dynamic programming using quadrangle inequalities", STOC 1980).
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

  /// The same with a column for every row that its minimum does not lie before: row by row from the last one,
  /// each searched from there to the minimum of the row after it. Gives up, with false, after kAffordable
  /// evaluations a row.
  template <class Entry>
  bool find_from(const std::vector<std::uint32_t>& lowest, const Entry& entry, double* minimum,
                 std::uint32_t* where) {
    auto last = static_cast<std::uint32_t>(rows_ - 1);
    std::size_t evaluations = 0;
    for (std::size_t row = rows_; row-- > 0;) {
      last = std::min(last, static_cast<std::uint32_t>(row));
      const std::uint32_t first = std::min(lowest[row], last);
      evaluations += last - first + 1;
      if (evaluations > kAffordable * rows_) return false;
      scan(entry, row, first, last, minimum, where);
      last = where[row];
    }
    return true;
  }

  /// Whether find_from() is likely to be worth a try: the minima moved so little from one matrix to the next.
  bool are_close(const std::vector<std::uint32_t>& before, const std::vector<std::uint32_t>& now) const {
    std::uint64_t moved = 0;
    for (std::size_t row = 0; row < rows_; ++row) moved += now[row] - std::min(before[row], now[row]);
    return moved <= (kAffordable - 2) * rows_;
  }

 private:
  // About what SMAWK and the halving below cost, which depends on the rows' number only.
  static constexpr std::size_t kAffordable = 6;

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

/// Ends of all stages but the last on a least-cost path to the last node: a first stage, which costs first[m]
/// to node m; `inner` stages, which cost cost(i, j), i <= j, 0 for i == j and with the quadrangle inequality;
/// and a last stage, which costs last_cost(i, last node).
template <class Cost, class LastCost>
std::vector<std::uint32_t> stage_ends(std::vector<double> first, std::size_t inner, const Cost& cost,
                                      const LastCost& last_cost) {
  const std::size_t nodes = first.size();
  std::vector<double> before = std::move(first), now(nodes);
  std::vector<std::vector<std::uint32_t>> from(inner);
  RowMinima minima(nodes);
  for (std::size_t s = 0; s < inner; ++s) {
    from[s].resize(nodes);
    const auto entry = [&](std::size_t m, std::size_t j) { return before[j] + cost(j, m); };
    // With a stage more, the last stage of a best path does not begin earlier.
    const bool close = s > 1 && minima.are_close(from[s - 2], from[s - 1]);
    if (!close || !minima.find_from(from[s - 1], entry, now.data(), from[s].data())) {
      minima.find(entry, now.data(), from[s].data());
    }
    std::swap(before, now);
  }
  double best = std::numeric_limits<double>::infinity();
  std::uint32_t node = 0;
  for (std::size_t j = 0; j < nodes; ++j) {
    const double total = before[j] + last_cost(j, nodes - 1);
    if (total < best) {
      best = total;
      node = static_cast<std::uint32_t>(j);
    }
  }
  std::vector<std::uint32_t> ends(inner + 1);
  ends[inner] = node;
  for (std::size_t s = inner; s > 0; --s) ends[s - 1] = node = from[s - 1][node];
  return ends;
}

/// Path of exactly `steps` steps over nodes 0 .. nodes - 1, from the first to the last, of least total cost:
/// steps + 1 ascending node numbers. cost(i, j), i <= j, must be 0 for i == j and fulfil the quadrangle
/// inequality. O(steps * nodes) time and 4 * (steps - 2) * nodes bytes for the way back.
template <class Cost>
std::vector<std::uint32_t> cheapest_path(std::size_t nodes, int steps, const Cost& cost) {
  std::vector<std::uint32_t> path = {0};
  if (steps > 1) {
    std::vector<double> first(nodes);
    for (std::size_t m = 0; m < nodes; ++m) first[m] = cost(0, m);
    path = stage_ends(std::move(first), static_cast<std::size_t>(steps) - 2, cost, cost);
    path.insert(path.begin(), 0);
  }
  path.push_back(static_cast<std::uint32_t>(nodes - 1));
  return path;
}

/// The same for costs that know the best node between two, cost.middle(i, j), and what the two steps over it
/// cost, cost.split_cost(i, j). The first and the last two steps are then one stage each, whose one end is
/// given and which needs no search of rows: two stages fewer, and none to search for up to 4 steps. (In the
/// stages between, where every row is searched, two steps at a time cost more than one after the other.)
template <class Cost>
std::vector<std::uint32_t> cheapest_path_by_pairs(std::size_t nodes, int steps, const Cost& cost) {
  const auto last = static_cast<std::uint32_t>(nodes - 1);
  const auto middle = [&cost](std::size_t i, std::size_t j) {
    return static_cast<std::uint32_t>(cost.middle(i, j));
  };
  if (steps == 1) return {0, last};
  if (steps == 2) return {0, middle(0, last), last};
  const bool pair_first = steps > 3;
  std::vector<double> first(nodes);
  for (std::size_t m = 0; m < nodes; ++m) first[m] = pair_first ? cost.split_cost(0, m) : cost(0, m);
  std::vector<std::uint32_t> path =
      stage_ends(std::move(first), static_cast<std::size_t>(std::max(steps - 4, 0)), cost,
                 [&cost](std::size_t i, std::size_t j) { return cost.split_cost(i, j); });
  if (pair_first) path.insert(path.begin(), middle(0, path.front()));
  path.insert(path.begin(), 0);
  path.push_back(middle(path.back(), last));
  path.push_back(last);
  return path;
}

}  // namespace zipml
