#include "engine/model/slope_polynomial.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace zipml {

SlopePolynomial slope_polynomial(const Loss& loss, int degree, double radius, double delta) {
  const std::optional<SlopeJump> jump = loss.jump();
  if (!jump) {
    return {chebyshev_expansion([&](double t) { return loss.slope(radius * t); }, degree), 0.0, radius};
  }
  const ChebyshevSeries sign = minimax_sign(degree, std::min(delta / radius, kLargestGap));
  std::vector<double> coefficients(sign.coefficients().begin(), sign.coefficients().end());
  for (double& c : coefficients) c *= 0.5 * (jump->after - jump->before);
  coefficients[0] += 0.5 * (jump->after + jump->before);
  return {ChebyshevSeries(std::move(coefficients)), jump->at, radius};
}

double largest_error(const SlopePolynomial& polynomial, const Loss& loss, double delta) {
  constexpr int kPoints = 20000;
  const double gap = std::min(delta, kLargestGap * polynomial.radius);
  double largest = 0.0;
  for (int i = 0; i <= kPoints; ++i) {
    const double distance = polynomial.radius * (2.0 * i / kPoints - 1.0);
    if (loss.jump() && std::fabs(distance) < gap) continue;
    const double u = polynomial.center + distance;
    largest = std::max(largest, std::fabs(loss.slope(u) - polynomial(u)));
  }
  return largest;
}

}  // namespace zipml
