#include "engine/gradient/polynomial_product.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

namespace zipml {
namespace {

ChebyshevSeries some_series(int degree) {
  std::vector<double> c;
  for (int k = 0; k <= degree; ++k) c.push_back((k % 3 == 1 ? -1.0 : 0.7) / (1.0 + k));
  return ChebyshevSeries(c);
}

// Every draw is one of two values. Calls visit(probability, draws) for each of the 2^n outcomes.
template <class Visit>
void for_every_outcome(int n, double low, double high, double share, const Visit& visit) {
  std::vector<double> draws(static_cast<std::size_t>(n));
  for (std::uint32_t outcome = 0; outcome < (1u << n); ++outcome) {
    double probability = 1.0;
    for (std::size_t j = 0; j < draws.size(); ++j) {
      const bool upper = (outcome >> j) & 1u;
      draws[j] = upper ? high : low;
      probability *= upper ? share : 1.0 - share;
    }
    visit(probability, draws);
  }
}

struct Moments {
  double mean = 0.0, square = 0.0;
  double variance() const { return square - mean * mean; }
};

Moments moments(const PolynomialProduct& product, double low, double high, double share) {
  Moments m;
  for_every_outcome(product.degree(), low, high, share, [&](double probability, const auto& draws) {
    const double value = product(draws);
    m.mean += probability * value;
    m.square += probability * value * value;
  });
  return m;
}

TEST_CASE("every rule is unbiased, exactly: the mean over all outcomes of two-valued draws is P(t)",
          "[product]") {
  for (const int degree : {1, 2, 3, 7, 15}) {
    const ChebyshevSeries series = some_series(degree);
    for (const auto& rule : product_rules().family().members) {
      const PolynomialProduct product(series, product_rules()[rule.name]);
      const double low = -0.3, high = 0.5, share = 0.4, t = low + share * (high - low);
      INFO(rule.name << " degree " << degree);
      CHECK(moments(product, low, high, share).mean == Approx(series(t)).margin(1e-9));
      // The same draw for every factor, the positive control: E P(draw) is not P(E draw).
      const double reused = (1.0 - share) * series(low) + share * series(high);
      if (degree > 1) CHECK(std::fabs(reused - series(t)) > 0.01);
    }
  }
}

TEST_CASE("equal draws give P itself", "[product]") {
  for (int degree = 1; degree <= kMaxDegree; ++degree) {
    const ChebyshevSeries series = some_series(degree);
    const double room = 1e-15 * std::pow(2.5, degree) + 1e-13;
    for (const auto& rule : product_rules().family().members) {
      const PolynomialProduct product(series, product_rules()[rule.name]);
      for (const double t : {-1.0, -0.35, 0.0, 0.8}) {
        const std::vector<double> draws(static_cast<std::size_t>(degree), t);
        CHECK(product(draws) == Approx(series(t)).margin(room));
      }
    }
  }
}

TEST_CASE("the symmetric rule is the mean of the others over every order", "[product]") {
  const ChebyshevSeries series = some_series(5);
  std::vector<double> draws = {-0.6, -0.1, 0.2, 0.45, 0.9};
  const double symmetric = PolynomialProduct(series, ProductRule::symmetric)(draws);
  for (const ProductRule rule : {ProductRule::powers, ProductRule::recurrence}) {
    const PolynomialProduct product(series, rule);
    double sum = 0.0;
    int orders = 0;
    do {
      sum += product(draws);
      ++orders;
    } while (std::next_permutation(draws.begin(), draws.end()));
    CHECK(orders == 120);
    CHECK(sum / orders == Approx(symmetric).epsilon(1e-12));
  }
}

TEST_CASE("variance: symmetric <= recurrence, and far below powers at degree 15", "[product]") {
  for (const int degree : {2, 3, 7, 15}) {
    const ChebyshevSeries series = some_series(degree);
    for (const double t : {-0.8, 0.1, 0.6}) {
      const auto variance = [&](ProductRule rule) {
        return moments(PolynomialProduct(series, rule), t - 0.05, t + 0.05, 0.5).variance();
      };
      const double powers = variance(ProductRule::powers), recurrence = variance(ProductRule::recurrence),
                   symmetric = variance(ProductRule::symmetric);
      INFO("degree " << degree << " t " << t << ": " << powers << " " << recurrence << " " << symmetric);
      CHECK(symmetric <= recurrence * (1.0 + 1e-9));
      CHECK(symmetric <= powers * (1.0 + 1e-9));
      if (degree == 15 && t != 0.1) CHECK(recurrence < 0.01 * powers);
    }
  }
}

// Section 5's bound of the product's second moment: with r^2 = E[t_j^2], Minkowski's inequality gives
// E Q(P)^2 <= (sum |m_i| r^i)^2 for the powers, and so for the symmetric rule, which has no more variance.
TEST_CASE("Lemma 4: the second moment is at most (sum |m_i| r^i)^2", "[product]") {
  for (const int degree : {1, 2, 3, 7, 15}) {
    const ChebyshevSeries series = some_series(degree);
    const std::vector<double> m = series.powers();
    for (const double share : {0.1, 0.5, 0.9}) {
      const double low = -0.4, high = 0.7;
      const double r = std::sqrt((1.0 - share) * low * low + share * high * high);
      double sum = 0.0;
      for (std::size_t i = 0; i < m.size(); ++i) sum += std::fabs(m[i]) * std::pow(r, i);
      for (const ProductRule rule : {ProductRule::powers, ProductRule::symmetric}) {
        CHECK(moments(PolynomialProduct(series, rule), low, high, share).square <= sum * sum * (1.0 + 1e-9));
      }
    }
  }
}

TEST_CASE("leaving each draw out gives what the others give", "[product]") {
  for (int degree = 1; degree <= kMaxDegree; ++degree) {
    const ChebyshevSeries series = some_series(degree);
    const auto count = static_cast<std::size_t>(degree) + 1;
    std::vector<double> draws(count), out(count);
    for (std::size_t j = 0; j < count; ++j) draws[j] = std::sin(1.0 + 2.7 * static_cast<double>(j));
    for (const auto& rule : product_rules().family().members) {
      const PolynomialProduct product(series, product_rules()[rule.name]);
      product.without_each(draws, out);
      for (std::size_t j = 0; j < count; ++j) {
        std::vector<double> others = draws;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(j));
        CHECK(out[j] == Approx(product(others)).margin(1e-13 * std::pow(2.0, degree)));
      }
    }
  }
}

}  // namespace
}  // namespace zipml
