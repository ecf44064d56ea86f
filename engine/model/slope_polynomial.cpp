#include "engine/model/slope_polynomial.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace zipml {

SlopePolynomial slope_polynomial(const Loss& loss, int degree, double radius, std::optional<double> delta) {
  const std::optional<SlopeJump> jump = loss.jump();
  if (!jump) {
    return {chebyshev_expansion([&](double t) { return loss.slope(radius * t); }, degree), 0.0, radius, 0.0};
  }
  const double gap = delta ? std::min(*delta / radius, kLargestGap) : best_sign_gap(degree);
  const ChebyshevSeries sign = minimax_sign(degree, gap);
  std::vector<double> coefficients(sign.coefficients().begin(), sign.coefficients().end());
  for (double& c : coefficients) c *= 0.5 * (jump->after - jump->before);
  coefficients[0] += 0.5 * (jump->after + jump->before);
  return {ChebyshevSeries(std::move(coefficients)), jump->at, radius, gap * radius};
}

double largest_error(const SlopePolynomial& polynomial, const Loss& loss) {
  constexpr int kPoints = 20000;
  double largest = 0.0;
  for (int i = 0; i <= kPoints; ++i) {
    const double distance = polynomial.radius * (2.0 * i / kPoints - 1.0);
    if (loss.jump() && std::fabs(distance) < polynomial.delta) continue;
    const double u = polynomial.center + distance;
    largest = std::max(largest, std::fabs(loss.slope(u) - polynomial(u)));
  }
  return largest;
}

}  // namespace zipml
