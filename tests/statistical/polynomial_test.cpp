#include <catch2/catch.hpp>
#include <cmath>

#include "engine/gradient/estimator.h"
#include "engine/kernels/kernels.h"
#include "engine/model/slope_polynomial.h"
#include "engine/quantize/counted_samples.h"
#include "tests/unit/solve/toy_problem.h"

// Fixed seeds. Means over kDraws epochs are compared in standard errors; a normal mean exceeds kLimit of them
// with probability 2e-9, and no test makes more than 500 such comparisons, so that a correct estimator would
// have been refused with a probability below 1e-6 a test.
namespace zipml {
namespace {

constexpr std::uint32_t kDraws = 12000;
constexpr double kLimit = 6.0;
constexpr std::size_t kRows = 8, kFeatures = 5;

using Vector = std::vector<double>;

struct Moments {
  Vector mean, standard_error;
  double variance = 0.0;  ///< E|g - E g|^2
};

struct Fixture {
  PreparedData data = testing::toy_data(kRows, kFeatures, 0.1, Task::classification);
  AlignedVector<float> x = AlignedVector<float>(16, 0.0f);
  std::vector<std::uint32_t> rows;
  std::size_t columns = kFeatures + 1;

  Fixture() {
    for (std::size_t i = 0; i < columns; ++i)
      x[i] = 0.5f * static_cast<float>(draw_normal({9, Stream::generate_model, 0}, i, 0));
    for (std::uint32_t r = 0; r < kRows; ++r) rows.push_back(r);
  }

  const Split& train() const { return data.data.train; }

  // Sum over the rows of b P(b a'x) a.
  Vector target(const SlopePolynomial& polynomial) const {
    Vector g(columns, 0.0);
    for (const std::uint32_t r : rows) {
      const auto a = train().features.row(r);
      const auto label = static_cast<double>(train().labels[r]);
      double score = 0.0;
      for (std::size_t c = 0; c < columns; ++c)
        score += static_cast<double>(a[c]) * static_cast<double>(x[c]);
      for (std::size_t c = 0; c < columns; ++c)
        g[c] += label * polynomial(label * score) * static_cast<double>(a[c]);
    }
    return g;
  }

  template <class Draw>
  Moments moments(const Draw& draw_gradient) const {
    Vector sum(columns), squares(columns);
    for (std::uint32_t draw = 1; draw <= kDraws; ++draw) {
      AlignedVector<float> g(16, 0.0f);
      draw_gradient(draw, std::span<float>(g));
      for (std::size_t c = 0; c < columns; ++c) {
        sum[c] += static_cast<double>(g[c]);
        squares[c] += static_cast<double>(g[c]) * static_cast<double>(g[c]);
      }
    }
    Moments m{Vector(columns), Vector(columns), 0.0};
    for (std::size_t c = 0; c < columns; ++c) {
      m.mean[c] = sum[c] / kDraws;
      const double variance = std::max(squares[c] / kDraws - m.mean[c] * m.mean[c], 0.0);
      m.variance += variance;
      m.standard_error[c] = std::sqrt(variance / kDraws) + 1e-6;
    }
    return m;
  }

  Moments of_estimator(const Loss& loss, const ComponentChoice& choice) const {
    const auto estimator =
        estimators()[choice.kind](choice.parameters, {train().features, train().labels, loss, 1, 1});
    EstimatorScratch scratch;
    return moments([&](std::uint32_t draw, std::span<float> g) {
      estimator->begin_epoch(draw);
      estimator->accumulate(x, rows, g, scratch);
    });
  }

  double largest_deviation(const Moments& m, const Vector& want) const {
    double largest = 0.0;
    for (std::size_t c = 0; c < columns; ++c)
      largest = std::max(largest, std::fabs(m.mean[c] - want[c]) / m.standard_error[c]);
    return largest;
  }
};

ComponentChoice chebyshev(std::int64_t degree, const std::string& product, double radius) {
  return testing::estimator_choice("chebyshev", {{"bits", std::int64_t{2}},
                                                 {"degree", degree},
                                                 {"product", product},
                                                 {"outside", std::string("extend")},
                                                 {"delta", 0.5},
                                                 {"radius", radius}});
}

TEST_CASE("the Chebyshev estimator is unbiased for P(a'x); with one draw reused, the control, it is not",
          "[polynomial]") {
  const Fixture f;
  for (const char* kind : {"logistic", "hinge"}) {
    const auto loss = losses()[kind]({});
    for (const int degree : {1, 2, 3, 7, 15}) {
      const double radius = 6.0;
      const SlopePolynomial polynomial = slope_polynomial(*loss, degree, radius, 0.5);
      const Vector want = f.target(polynomial);
      for (const char* product : {"powers", "recurrence", "symmetric"}) {
        INFO(kind << " degree " << degree << " " << product);
        CHECK(f.largest_deviation(f.of_estimator(*loss, chebyshev(degree, product, radius)), want) < kLimit);
      }
      QuantizedSamples one(
          f.train().features,
          *level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters), 4, 1, 1);
      QuantizeScratch scratch;
      AlignedVector<float> q(16, 0.0f);
      const Moments reused = f.moments([&](std::uint32_t draw, std::span<float> g) {
        one.quantize(Rounding::stochastic, {1, Stream::sample_rounding, draw}, 1);
        for (const std::uint32_t r : f.rows) {
          one.decode(r, 0, q.data(), scratch);
          const auto label = static_cast<double>(f.train().labels[r]);
          const double score = kernels::dot(q.data(), f.x.data(), f.x.size());
          kernels::axpy(static_cast<float>(label * polynomial(label * score)), q.data(), g.data(), g.size());
        }
      });
      CHECK(f.largest_deviation(reused, want) > 2 * kLimit);
    }
  }
}

// A radius that some rows leave: cut to it, the gradient is biased, and says so.
TEST_CASE("rows outside the radius are unbiased for P where it is extended, not where they are cut",
          "[polynomial]") {
  const Fixture f;
  const auto loss = losses()["logistic"]({});
  const double radius = 0.5;
  const Vector want = f.target(slope_polynomial(*loss, 3, radius, {}));
  for (const char* outside : {"extend", "cut"}) {
    const ComponentChoice choice =
        testing::estimator_choice("chebyshev", {{"bits", std::int64_t{2}},
                                                {"degree", std::int64_t{3}},
                                                {"radius", radius},
                                                {"outside", std::string(outside)}});
    const auto estimator =
        estimators()[choice.kind](choice.parameters, {f.train().features, f.train().labels, *loss, 1, 1});
    const double deviation = f.largest_deviation(f.of_estimator(*loss, choice), want);
    INFO(outside << " " << deviation);
    CHECK((deviation < kLimit) == estimator->is_unbiased());
    CHECK((deviation > 2 * kLimit) != estimator->is_unbiased());
  }
}

TEST_CASE("the symmetric product has less variance than the recurrence, and that less than powers",
          "[polynomial]") {
  const Fixture f;
  const auto loss = losses()["logistic"]({});
  const auto variance = [&](const char* product) {
    return f.of_estimator(*loss, chebyshev(7, product, 4.0)).variance;
  };
  const double symmetric = variance("symmetric"), recurrence = variance("recurrence"),
               powers = variance("powers");
  CHECK(symmetric < 0.5 * recurrence);
  CHECK(recurrence < powers);
}

TEST_CASE("draws read back from counts are independent of each other and between columns", "[polynomial]") {
  const Fixture f;
  CountedSamples samples(
      f.train().features,
      *level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters), 4, 16, 1);
  QuantizeScratch scratch;
  std::vector<float> draws(16 * 16);
  // Products of deviations: draws 0 and 1, draws 3 and 15 of one value; one draw of two columns; the control,
  // a draw with itself.
  const std::pair<std::size_t, std::size_t> pairs[] = {
      {0, 16}, {3 * 16, 15 * 16}, {5 * 16, 5 * 16 + 1}, {0, 0}};
  double sums[4] = {}, squares[4] = {};
  for (std::uint32_t draw = 1; draw <= kDraws; ++draw) {
    samples.quantize(4, draw, 1);
    samples.decode(2, 16, draws.data(), scratch);
    for (std::size_t p = 0; p < 4; ++p) {
      const auto deviation = [&](std::size_t at) {
        return static_cast<double>(draws[at]) - static_cast<double>(f.train().features(2, at % 16));
      };
      const double product = deviation(pairs[p].first) * deviation(pairs[p].second);
      sums[p] += product;
      squares[p] += product * product;
    }
  }
  for (std::size_t p = 0; p < 4; ++p) {
    const bool independent = std::fabs(sums[p]) < kLimit * std::sqrt(squares[p]);
    CHECK(independent == (p < 3));
  }
}

}  // namespace
}  // namespace zipml
