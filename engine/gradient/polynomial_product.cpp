#include "engine/gradient/polynomial_product.h"

#include <algorithm>
#include <array>

namespace zipml {
namespace {

constexpr std::size_t kMostCoefficients = kMaxDegree + 1;
using Buffer = std::array<double, kMostCoefficients>;

std::vector<double> coefficients_for(const ChebyshevSeries& series, ProductRule rule) {
  if (rule == ProductRule::powers) return series.powers();
  if (rule == ProductRule::symmetric) return series.bernstein();
  return {series.coefficients().begin(), series.coefficients().end()};
}

double by_powers(std::span<const double> m, std::span<const double> draws) {
  double product = 1.0, sum = m[0];
  for (std::size_t i = 1; i < m.size(); ++i) {
    product *= draws[i - 1];
    sum += m[i] * product;
  }
  return sum;
}

double by_recurrence(std::span<const double> c, std::span<const double> draws) {
  if (c.size() == 1) return c[0];
  double before = 1.0, here = draws[0], sum = c[0] + c[1] * here;
  for (std::size_t k = 2; k < c.size(); ++k) {
    const double next = 2.0 * draws[k - 1] * here - before;
    before = here;
    here = next;
    sum += c[k] * here;
  }
  return sum;
}

// One step of de Casteljau for every draw: `count` coefficients become count - draws.size().
void reduce(Buffer& b, std::size_t count, std::span<const double> draws) {
  for (const double draw : draws) {
    const double share = 0.5 * (draw + 1.0);
    --count;
    for (std::size_t i = 0; i < count; ++i) b[i] += share * (b[i + 1] - b[i]);
  }
}

// b has as many coefficients as there are draws. The order of the steps does not matter, so each half is
// taken in once for all the draws of the other half that are left out.
void leave_out(const Buffer& b, std::span<const double> draws, std::span<double> out) {
  if (draws.size() == 1) {
    out[0] = b[0];
    return;
  }
  const std::size_t half = draws.size() / 2;
  Buffer rest = b;
  reduce(rest, draws.size(), draws.subspan(half));
  leave_out(rest, draws.first(half), out.first(half));
  rest = b;
  reduce(rest, draws.size(), draws.first(half));
  leave_out(rest, draws.subspan(half), out.subspan(half));
}

}  // namespace

const Registry<ProductRule>& product_rules() {
  static const Registry<ProductRule> registry(
      "products", "how independent draws are multiplied into an estimate of P(a'x)",
      {{{"powers", "sum of m_i times the first i draws, as in the paper"}, ProductRule::powers},
       {{"recurrence", "Chebyshev recurrence with a fresh draw a step: no large coefficients"},
        ProductRule::recurrence},
       {{"symmetric", "mean over every order of the draws, the gradient's own included: least variance"},
        ProductRule::symmetric}});
  return registry;
}

PolynomialProduct::PolynomialProduct(const ChebyshevSeries& series, ProductRule rule)
    : rule_(rule), coefficients_(coefficients_for(series, rule)) {}

double PolynomialProduct::operator()(std::span<const double> draws) const {
  if (rule_ == ProductRule::powers) return by_powers(coefficients_, draws);
  if (rule_ == ProductRule::recurrence) return by_recurrence(coefficients_, draws);
  Buffer b{};
  std::copy(coefficients_.begin(), coefficients_.end(), b.begin());
  reduce(b, coefficients_.size(), draws.first(coefficients_.size() - 1));
  return b[0];
}

void PolynomialProduct::without_each(std::span<const double> draws, std::span<double> out) const {
  if (rule_ == ProductRule::symmetric) {
    Buffer b{};
    std::copy(coefficients_.begin(), coefficients_.end(), b.begin());
    leave_out(b, draws, out);
    return;
  }
  Buffer others{};
  for (std::size_t j = 0; j < draws.size(); ++j) {
    std::copy(draws.begin(), draws.begin() + static_cast<std::ptrdiff_t>(j), others.begin());
    std::copy(draws.begin() + static_cast<std::ptrdiff_t>(j) + 1, draws.end(),
              others.begin() + static_cast<std::ptrdiff_t>(j));
    out[j] = (*this)(std::span(others).first(draws.size() - 1));
  }
}

}  // namespace zipml
