#pragma once

namespace zipml {

/// Unevaluated sum of two doubles, |low| <= ulp(high) / 2: about 106 bits. Only + - *, so the same bits on
/// every machine that does not contract them. Dekker, "A floating-point technique for extending the available
/// precision", Numerische Mathematik 18 (1971).
struct DoubleDouble {
  double high = 0.0, low = 0.0;

  double value() const { return high + low; }
};

/// a + b, exact.
inline DoubleDouble exact_sum(double a, double b) {
  const double sum = a + b, part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// a * b, exact unless it over- or underflows; |a|, |b| < 2^970.
inline DoubleDouble exact_product(double a, double b) {
  constexpr double kSplit = 134217729.0;  // 2^27 + 1
  const double ta = kSplit * a, tb = kSplit * b;
  const double a1 = ta - (ta - a), b1 = tb - (tb - b), a2 = a - a1, b2 = b - b1;
  const double product = a * b;
  return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble high = exact_sum(a.high, b.high), low = exact_sum(a.low, b.low);
  const DoubleDouble first = exact_sum(high.high, high.low + low.high);
  return exact_sum(first.high, first.low + low.low);
}

inline DoubleDouble operator-(DoubleDouble a) { return {-a.high, -a.low}; }
inline DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + -b; }

inline DoubleDouble operator*(DoubleDouble a, double b) {
  const DoubleDouble high = exact_product(a.high, b);
  return exact_sum(high.high, high.low + a.low * b);
}

}  // namespace zipml
