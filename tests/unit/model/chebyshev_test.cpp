#include "engine/model/chebyshev.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "engine/model/loss.h"
#include "engine/model/slope_polynomial.h"

namespace zipml {
namespace {

double largest(const std::function<double(double)>& f, double from, double to) {
  double most = 0.0;
  for (int i = 0; i <= 4000; ++i) most = std::max(most, std::fabs(f(from + (to - from) * i / 4000.0)));
  return most;
}

double by_powers(const std::vector<double>& m, double t) {
  double sum = 0.0;
  for (std::size_t i = m.size(); i-- > 0;) sum = sum * t + m[i];
  return sum;
}

double by_bernstein(std::vector<double> b, double t) {
  for (std::size_t count = b.size(); count > 1; --count) {
    for (std::size_t i = 0; i + 1 < count; ++i) b[i] += 0.5 * (t + 1.0) * (b[i + 1] - b[i]);
  }
  return b[0];
}

// The sigmoid has its nearest poles at +-i pi, so on [-R, R] its series converges like rho^-degree with
// rho = pi/R + sqrt(1 + (pi/R)^2).
TEST_CASE("the expansion of the sigmoid converges at its rate at every degree from 1 to 31", "[chebyshev]") {
  const auto loss = losses()["logistic"]({});
  for (const double radius : {1.0, 4.0, 10.0}) {
    const double pole = std::numbers::pi / radius, rho = pole + std::sqrt(1.0 + pole * pole);
    double before = 1.0;
    for (int degree = 1; degree <= kMaxDegree; ++degree) {
      const SlopePolynomial polynomial = slope_polynomial(*loss, degree, radius, {});
      const double error = largest_error(polynomial, *loss);
      INFO("radius " << radius << " degree " << degree << " error " << error);
      CHECK(error <= radius * std::pow(rho, -degree) + 1e-14);
      CHECK(error <= before * 1.0001 + 1e-14);
      if (degree % 2 == 1 && degree > 2) CHECK(error >= 1e-4 * std::pow(rho, -degree) - 1e-14);
      before = error;
    }
  }
}

TEST_CASE("polynomials are their own expansion", "[chebyshev]") {
  const auto f = [](double t) { return 3.0 - 2.0 * t + 0.5 * t * t * t * t * t; };
  for (int degree = 5; degree <= kMaxDegree; ++degree) {
    const ChebyshevSeries series = chebyshev_expansion(f, degree);
    CHECK(largest([&](double t) { return series(t) - f(t); }, -1.0, 1.0) < 1e-14);
  }
}

TEST_CASE("powers and Bernstein coefficients describe the same polynomial; powers are large", "[chebyshev]") {
  for (int degree = 0; degree <= kMaxDegree; ++degree) {
    std::vector<double> c(static_cast<std::size_t>(degree) + 1);
    for (std::size_t k = 0; k < c.size(); ++k) c[k] = (k % 3 == 0 ? -1.0 : 1.0) / static_cast<double>(k + 1);
    const ChebyshevSeries series(c);
    const std::vector<double> powers = series.powers(), bernstein = series.bernstein();
    REQUIRE(powers.size() == c.size());
    REQUIRE(bernstein.size() == c.size());
    // Error in the last place of coefficients that grow like (1 + sqrt 2)^degree.
    const double room = 1e-15 * std::pow(1.0 + std::numbers::sqrt2, degree) + 1e-14;
    INFO("degree " << degree);
    CHECK(largest([&](double t) { return by_powers(powers, t) - series(t); }, -1.0, 1.0) < room);
    CHECK(largest([&](double t) { return by_bernstein(bernstein, t) - series(t); }, -1.0, 1.0) < room);
  }
  std::vector<double> t15(16, 0.0);
  t15[15] = 1.0;
  double most = 0.0;
  for (const double m : ChebyshevSeries(t15).powers()) most = std::max(most, std::fabs(m));
  CHECK(most == 92160.0);  // of t^11 in T_15
}

TEST_CASE("the sign's polynomial levels its error, with one more extremum than terms", "[chebyshev]") {
  for (const double gap : {0.02, 0.1, 0.3}) {
    for (int degree = 1; degree <= kMaxDegree; ++degree) {
      const ChebyshevSeries series = minimax_sign(degree, gap);
      const int terms = (degree + 1) / 2;
      const double error = largest([&](double t) { return 1.0 - series(t); }, gap, 1.0);
      INFO("gap " << gap << " degree " << degree << " error " << error);
      // Alternations of sign at (nearly) the largest magnitude.
      int extrema = 0;
      double last = 0.0;
      for (int i = 0; i <= 20000; ++i) {
        const double t = gap + (1.0 - gap) * i / 20000.0, e = 1.0 - series(t);
        if (std::fabs(e) >= 0.995 * error && e * last <= 0.0) {
          ++extrema;
          last = e;
        }
      }
      CHECK(extrema == terms + 1);
      CHECK(largest([&](double t) { return series(t) + series(-t); }, 0.0, 1.0) < 1e-13);  // odd
      // No higher inside the gap than at its ends or outside.
      CHECK(largest(series, -gap, gap) <= 1.0 + error);
    }
  }
}

TEST_CASE("the sign's polynomial has the error that theory says", "[chebyshev]") {
  // c t on [gap, 1] is levelled by c = 2 / (1 + gap).
  for (const double gap : {0.05, 0.2, 0.6}) {
    const ChebyshevSeries line = minimax_sign(1, gap);
    CHECK(line.coefficients()[1] == Approx(2.0 / (1.0 + gap)));
  }
  // Eremenko and Yuditskii (2007), theorem 1: sqrt(m) ((1 + gap)/(1 - gap))^m L_{2m+1} -> (1 - gap)/sqrt(pi
  // gap).
  for (const double gap : {0.2, 0.3}) {
    const double limit = (1.0 - gap) / std::sqrt(std::numbers::pi * gap);
    double before = 1.0;
    for (const int m : {3, 7, 15}) {
      const ChebyshevSeries series = minimax_sign(2 * m + 1, gap);
      const double error = largest([&](double t) { return 1.0 - series(t); }, gap, 1.0);
      const double ratio =
          std::sqrt(static_cast<double>(m)) * std::pow((1.0 + gap) / (1.0 - gap), m) * error / limit;
      const double apart = std::fabs(1.0 - ratio);
      CHECK(apart < 1.2 / m);
      CHECK(apart < 0.7 * before);
      before = apart;
    }
  }
}

TEST_CASE("a slope with a jump is met outside the gap, others everywhere", "[chebyshev]") {
  const auto hinge = losses()["hinge"]({});
  const SlopePolynomial step = slope_polynomial(*hinge, 15, 2.0, 0.2);
  CHECK(step.center == 1.0);
  CHECK(largest_error(step, *hinge) < 0.12);
  CHECK(step(0.0) == Approx(-1.0).margin(0.12));
  CHECK(step(2.0) == Approx(0.0).margin(0.12));
  CHECK(step.delta == 0.2);
  CHECK(slope_polynomial(*hinge, 15, 2.0, 5.0).delta == kLargestGap * 2.0);
  SlopePolynomial without_gap = step;
  without_gap.delta = 1e-6;
  CHECK(largest_error(without_gap, *hinge) > 0.45);  // nobody is close at the jump itself
  // The best gap has less mean error than any other.
  const auto mean_error = [&](const SlopePolynomial& polynomial) {
    double sum = 0.0;
    for (int i = 0; i < 4000; ++i) {
      const double u = -1.0 + 4.0 * (i + 0.5) / 4000.0;
      sum += std::fabs(hinge->slope(u) - polynomial(u)) / 4000.0;
    }
    return sum;
  };
  const double best = mean_error(slope_polynomial(*hinge, 15, 2.0, {}));
  for (const double delta : {0.002, 0.02, 0.6, 1.5})
    CHECK(mean_error(slope_polynomial(*hinge, 15, 2.0, delta)) > best);
  const auto squares = losses()["least_squares"]({});
  CHECK(largest_error(slope_polynomial(*squares, 1, 50.0, {}), *squares) < 1e-12);
  for (const char* kind : {"squared_hinge", "huber"}) {
    const auto loss = losses()[kind](choose(losses().family(), kind).parameters);
    const double rough = largest_error(slope_polynomial(*loss, 3, 4.0, {}), *loss);
    const double fine = largest_error(slope_polynomial(*loss, 31, 4.0, {}), *loss);
    CHECK(fine < 0.25 * rough);
  }
}

TEST_CASE("degrees and gaps that no polynomial has are bugs", "[chebyshev]") {
  const auto f = [](double t) { return t; };
  CHECK_THROWS_AS(chebyshev_expansion(f, -1), std::logic_error);
  CHECK_THROWS_AS(chebyshev_expansion(f, kMaxDegree + 1), std::logic_error);
  CHECK_THROWS_AS(minimax_sign(0, 0.1), std::logic_error);
  CHECK_THROWS_AS(minimax_sign(3, 1.0), std::logic_error);
  CHECK_THROWS_AS(minimax_sign(3, 0.0), std::logic_error);
}

}  // namespace
}  // namespace zipml
