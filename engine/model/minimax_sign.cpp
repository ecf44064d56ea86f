#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numbers>
#include <stdexcept>

#include "engine/core/portable_math.h"
#include "engine/model/chebyshev.h"

// By oddness it is enough to approximate 1 on [gap, 1]. There T_1, T_3, ... form a Haar system, so the best
// error of n of them reaches its largest magnitude with alternating sign at n + 1 points, and Remez's
// exchange finds them.
namespace zipml {
namespace {

// Gaussian elimination with partial pivoting; a is n x (n + 1), the right side last.
std::vector<double> solve(std::vector<std::vector<double>> a) {
  const std::size_t n = a.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::fabs(a[i][k]) > std::fabs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j <= n; ++j) a[i][j] -= factor * a[k][j];
    }
  }
  std::vector<double> x(n, 0.0);
  for (std::size_t k = n; k-- > 0;) {
    double sum = a[k][n];
    for (std::size_t j = k + 1; j < n; ++j) sum -= a[k][j] * x[j];
    x[k] = sum / a[k][k];
  }
  return x;
}

// Points of [gap, 1], densest towards both ends: i of `last`, in ascending order.
double spread(double gap, std::size_t i, std::size_t last) {
  const double along = std::numbers::pi * static_cast<double>(i) / static_cast<double>(last);
  const double square =
      0.5 * (1.0 + gap * gap) - 0.5 * (1.0 - gap * gap) * portable_cos(std::min(along, std::numbers::pi));
  return std::clamp(std::sqrt(square), gap, 1.0);
}

// The series whose error against 1 is `level` with alternating sign at the given points.
ChebyshevSeries levelled(const std::vector<double>& points, std::size_t terms) {
  std::vector<std::vector<double>> rows;
  double sign = 1.0;
  for (const double t : points) {
    std::vector<double> row;
    double before = t, here = t;  // T_{-1} and T_1
    for (std::size_t k = 0; k < terms; ++k) {
      row.push_back(here);
      const double next = 2.0 * (2.0 * t * t - 1.0) * here - before;  // T_{k+2} = 2 T_2 T_k - T_{k-2}
      before = here;
      here = next;
    }
    row.push_back(sign);
    row.push_back(1.0);
    sign = -sign;
    rows.push_back(std::move(row));
  }
  const std::vector<double> solution = solve(std::move(rows));
  std::vector<double> coefficients(2 * terms, 0.0);
  for (std::size_t k = 0; k < terms; ++k) coefficients[2 * k + 1] = solution[k];
  return ChebyshevSeries(std::move(coefficients));
}

// One extremum of the error in every run of equal sign, ascending in t.
std::vector<double> extrema(const ChebyshevSeries& series, double gap) {
  constexpr std::size_t kGrid = 4096;
  std::vector<double> points;
  double largest = 0.0;
  bool positive = false;
  for (std::size_t i = 0; i <= kGrid; ++i) {
    const double t = spread(gap, i, kGrid), error = 1.0 - series(t);
    if (points.empty() || (error > 0.0) != positive) {
      points.push_back(t);
      largest = -1.0;
      positive = error > 0.0;
    }
    if (std::fabs(error) > largest) {
      largest = std::fabs(error);
      points.back() = t;
    }
  }
  return points;
}

}  // namespace

ChebyshevSeries minimax_sign(int degree, double gap) {
  if (degree < 1 || degree > kMaxDegree) throw std::logic_error("degrees are 1 to 31");
  if (!(gap > 0.0 && gap < 1.0)) throw std::logic_error("the gap of a sign lies in (0, 1)");
  const auto terms = (static_cast<std::size_t>(degree) + 1) / 2;
  std::vector<double> points;
  for (std::size_t i = 0; i <= terms; ++i) points.push_back(spread(gap, i, terms));
  ChebyshevSeries series = levelled(points, terms);
  constexpr int kMostExchanges = 40;
  for (int exchange = 0; exchange < kMostExchanges; ++exchange) {
    std::vector<double> next = extrema(series, gap);
    // Rounding may hide a sign change once the error is near the precision of the numbers: then it is best.
    if (next.size() != terms + 1 || next == points) break;
    points = std::move(next);
    series = levelled(points, terms);
  }
  std::vector<double> coefficients(series.coefficients().begin(), series.coefficients().end());
  coefficients.resize(static_cast<std::size_t>(degree) + 1, 0.0);
  return ChebyshevSeries(std::move(coefficients));
}

double best_sign_gap(int degree) {
  static std::array<std::once_flag, kMaxDegree + 1> found;
  static std::array<double, kMaxDegree + 1> best{};
  const auto index = static_cast<std::size_t>(degree);
  std::call_once(found.at(index), [&] {
    double least = 2.0, gap = 0.9;
    constexpr int kGaps = 18, kPoints = 1024;
    for (int i = 0; i < kGaps; ++i, gap /= std::numbers::sqrt2) {
      const ChebyshevSeries series = minimax_sign(degree, gap);
      double mean = 0.0;
      for (int k = 0; k < kPoints; ++k) mean += std::fabs(1.0 - series((k + 0.5) / kPoints)) / kPoints;
      if (mean >= least) continue;
      least = mean;
      best[index] = gap;
    }
  });
  return best[index];
}

}  // namespace zipml
