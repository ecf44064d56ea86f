#pragma once

#include <optional>

#include "engine/model/chebyshev.h"
#include "engine/model/loss.h"

namespace zipml {

/// A polynomial in the place of phi', the slope of a loss, for arguments within `radius` of `center`:
/// phi'(u) ~ series((u - center) / radius).
struct SlopePolynomial {
  ChebyshevSeries series;
  double center = 0.0;  ///< where phi' jumps, or 0
  double radius = 1.0;
  double delta = 0.0;  ///< half the gap around a jump in which it is not meant to be close; 0 without a jump

  double operator()(double u) const { return series((u - center) / radius); }
};

/// Largest share of the radius that the gap around a jump may take up.
inline constexpr double kLargestGap = 0.95;

/// The truncated Chebyshev series of a continuous slope. Where the slope jumps no polynomial is close, and
/// the one with the least largest error at distances of `delta` to `radius` from the jump is taken (section
/// 5); delta is cut to kLargestGap of the radius, and without one it is best_sign_gap() of it.
/// degree: 1 to kMaxDegree; radius > 0; delta > 0.
SlopePolynomial slope_polynomial(const Loss& loss, int degree, double radius, std::optional<double> delta);

/// Largest |phi'(u) - P(u)| on a grid over the domain, without the gap of its delta around a jump.
double largest_error(const SlopePolynomial& polynomial, const Loss& loss);

}  // namespace zipml
