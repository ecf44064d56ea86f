#pragma once

#include <span>
#include <vector>

#include "engine/core/component.h"
#include "engine/model/chebyshev.h"

namespace zipml {

/// How independent draws t_1, t_2, ... with mean t are multiplied into an unbiased estimate of P(t). All
/// three are unbiased, because every product has distinct draws only.
enum class ProductRule {
  /// sum m_i t_1 ... t_i, as section 5 writes it. The m_i reach 92,160 at degree 15, so that small errors of
  /// the draws become large ones of the sum.
  powers,
  /// sum c_k U_k with U_{k+1} = 2 t_{k+1} U_k - U_{k-1}: the Chebyshev polynomials' recurrence with a fresh
  /// draw in every step. No power of t appears, and the coefficients are of the size of P.
  recurrence,
  /// The mean of the recurrence over every order of the draws: the one symmetric function that is linear in
  /// each draw and equals P where all are equal (the polar form of P), evaluated by de Casteljau's algorithm
  /// with one draw a step. As the mean over an exchangeable reordering it has the least variance of all
  /// unbiased estimates that treat the draws alike (Rao-Blackwell).
  symmetric
};

/// Every rule, by name.
const Registry<ProductRule>& product_rules();

/// Unbiased estimates of P(t) from independent draws.
class PolynomialProduct {
 public:
  PolynomialProduct(const ChebyshevSeries& series, ProductRule rule);

  int degree() const { return static_cast<int>(coefficients_.size()) - 1; }

  /// From degree() draws.
  double operator()(std::span<const double> draws) const;

  /// out[j] = the estimate from all of the degree() + 1 draws but draw j. O(degree^2) for the symmetric rule.
  void without_each(std::span<const double> draws, std::span<double> out) const;

 private:
  ProductRule rule_;
  std::vector<double> coefficients_;  ///< of powers, Chebyshev or Bernstein polynomials, as the rule needs
};

}  // namespace zipml
