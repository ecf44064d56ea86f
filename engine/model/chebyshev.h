#pragma once

#include <functional>
#include <span>
#include <vector>

namespace zipml {

/// Largest degree of the polynomials below: beyond it their draws no longer pack (see CountedSamples).
inline constexpr int kMaxDegree = 31;

/// The polynomial P(t) = sum c_k T_k(t) on [-1, 1], T_k the Chebyshev polynomials. |T_k| <= 1 there, so the
/// coefficients are as large as P itself; those of its powers of t grow like (1 + sqrt 2)^degree.
class ChebyshevSeries {
 public:
  /// At least one coefficient, c_0 first.
  explicit ChebyshevSeries(std::vector<double> coefficients);

  int degree() const { return static_cast<int>(coefficients_.size()) - 1; }
  std::span<const double> coefficients() const { return coefficients_; }

  /// P(t) by Clenshaw's recurrence.
  double operator()(double t) const;

  /// m_0 .. m_degree of P(t) = sum m_i t^i: what section 5's estimator is written with.
  std::vector<double> powers() const;

  /// Bernstein coefficients of P on [-1, 1], degree() + 1 of them: P is their de Casteljau value at
  /// (t + 1) / 2.
  std::vector<double> bernstein() const;

 private:
  std::vector<double> coefficients_;
};

/// The first degree + 1 terms of f's Chebyshev series on [-1, 1], by Chebyshev-Gauss quadrature at 512 nodes:
/// every coefficient is a mean of values of f times cosines, so no error is amplified. degree: 0 to
/// kMaxDegree.
ChebyshevSeries chebyshev_expansion(const std::function<double(double)>& f, int degree);

/// The polynomial of least largest error against sign(t) on [-1, -gap] and [gap, 1]: odd, found by Remez's
/// exchange in odd Chebyshev polynomials. No polynomial of this degree comes closer there; inside the gap it
/// rises from its value at -gap to that at gap. An even degree gains nothing: its last coefficient is 0.
/// degree: 1 to kMaxDegree; gap in (0, 1).
ChebyshevSeries minimax_sign(int degree, double gap);

/// The gap, on a grid of ratio sqrt 2, whose minimax_sign has the least mean error against the sign over
/// [-1, 1]. A smaller gap than the degree can resolve levels a large error over the whole interval.
double best_sign_gap(int degree);

}  // namespace zipml
