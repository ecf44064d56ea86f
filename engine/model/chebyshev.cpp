#include "engine/model/chebyshev.h"

#include <numbers>
#include <stdexcept>

#include "engine/core/portable_math.h"

namespace zipml {

ChebyshevSeries::ChebyshevSeries(std::vector<double> coefficients) : coefficients_(std::move(coefficients)) {
  if (coefficients_.empty()) throw std::logic_error("a Chebyshev series needs a coefficient");
}

double ChebyshevSeries::operator()(double t) const {
  double later = 0.0, next = 0.0;
  for (std::size_t k = coefficients_.size() - 1; k > 0; --k) {
    const double here = coefficients_[k] + 2.0 * t * next - later;
    later = next;
    next = here;
  }
  return coefficients_[0] + t * next - later;
}

std::vector<double> ChebyshevSeries::powers() const {
  const std::size_t count = coefficients_.size();
  std::vector<double> sum(count, 0.0), before(count, 0.0), here(count, 0.0);
  here[0] = 1.0;  // T_0
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i <= k; ++i) sum[i] += coefficients_[k] * here[i];
    // T_{k+1} = 2 t T_k - T_{k-1}, and T_1 = t T_0.
    std::vector<double> next(count, 0.0);
    for (std::size_t i = 0; i + 1 < count; ++i) next[i + 1] = (k == 0 ? 1.0 : 2.0) * here[i];
    for (std::size_t i = 0; k > 0 && i < count; ++i) next[i] -= before[i];
    before = std::move(here);
    here = std::move(next);
  }
  return sum;
}

namespace {

// Degree n to n + 1, the same polynomial.
std::vector<double> elevated(const std::vector<double>& b) {
  const std::size_t n = b.size();  // the new degree
  std::vector<double> out(n + 1, 0.0);
  for (std::size_t i = 0; i <= n; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(n);
    out[i] = (i > 0 ? share * b[i - 1] : 0.0) + (i < n ? (1.0 - share) * b[i] : 0.0);
  }
  return out;
}

// t times the polynomial, t running from -1 to 1.
std::vector<double> times_t(const std::vector<double>& b) {
  const std::size_t n = b.size();
  std::vector<double> out(n + 1, 0.0);
  for (std::size_t i = 0; i <= n; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(n);
    out[i] = (i > 0 ? share * b[i - 1] : 0.0) - (i < n ? (1.0 - share) * b[i] : 0.0);
  }
  return out;
}

}  // namespace

std::vector<double> ChebyshevSeries::bernstein() const {
  std::vector<double> before, here = {1.0}, sum = {coefficients_[0]};
  for (std::size_t k = 1; k < coefficients_.size(); ++k) {
    std::vector<double> next = times_t(here);
    if (k > 1) {
      const std::vector<double> last = elevated(elevated(before));
      for (std::size_t i = 0; i < next.size(); ++i) next[i] = 2.0 * next[i] - last[i];
    }
    before = std::move(here);
    here = std::move(next);
    sum = elevated(sum);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += coefficients_[k] * here[i];
  }
  return sum;
}

ChebyshevSeries chebyshev_expansion(const std::function<double(double)>& f, int degree) {
  if (degree < 0 || degree > kMaxDegree) throw std::logic_error("degrees are 0 to 31");
  constexpr int kNodes = 512;
  std::vector<double> coefficients(static_cast<std::size_t>(degree) + 1, 0.0);
  for (int node = 0; node < kNodes; ++node) {
    const double t = portable_cos(std::numbers::pi * (node + 0.5) / kNodes), value = f(t) / kNodes;
    double before = t, here = 1.0;  // T_{-1} = T_1
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
      coefficients[k] += (k == 0 ? 1.0 : 2.0) * value * here;
      const double next = 2.0 * t * here - before;
      before = here;
      here = next;
    }
  }
  return ChebyshevSeries(std::move(coefficients));
}

}  // namespace zipml
