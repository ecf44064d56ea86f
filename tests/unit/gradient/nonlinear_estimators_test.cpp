#include <catch2/catch.hpp>
#include <cmath>

#include "engine/gradient/polynomial_gradient.h"
#include "engine/kernels/kernels.h"
#include "engine/solve/objective.h"
#include "tests/unit/solve/toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::Given;

struct Fixture {
  PreparedData data;
  std::unique_ptr<Loss> hinge = losses()["hinge"]({}), logistic = losses()["logistic"]({});
  AlignedVector<float> x;
  std::vector<std::uint32_t> rows;

  explicit Fixture(std::size_t count = 400, std::size_t features = 30)
      : data(testing::toy_data(count, features, 0.1, Task::classification)),
        x(data.data.train.features.stride(), 0.0f) {
    for (std::size_t i = 0; i <= features; ++i)
      x[i] = 0.3f * static_cast<float>(draw_unit_double({1, Stream::generate_model, 0}, i, 0) * 2.0 - 1.0);
    for (std::uint32_t r = 0; r < count; ++r) rows.push_back(r);
  }

  EstimatorInput input(const Loss& loss) const {
    return {data.data.train.features, data.data.train.labels, loss, 1, 2};
  }

  std::unique_ptr<GradientEstimator> make(const char* kind, const Loss& loss, Given given) const {
    auto estimator = estimators()[kind](estimator_choice(kind, std::move(given)).parameters, input(loss));
    estimator->begin_epoch(2);
    return estimator;
  }

  std::vector<float> gradient(const GradientEstimator& estimator) const {
    EstimatorScratch scratch;
    AlignedVector<float> sum(x.size(), 0.0f);
    estimator.accumulate(x, rows, sum, scratch);
    return {sum.begin(), sum.end()};
  }

  double distance(const GradientEstimator& a, const GradientEstimator& b) const {
    const std::vector<float> g = gradient(a), h = gradient(b);
    double sum = 0.0, norm = 0.0;
    for (std::size_t i = 0; i < g.size(); ++i) {
      sum += std::pow(static_cast<double>(g[i]) - static_cast<double>(h[i]), 2);
      norm += std::pow(static_cast<double>(h[i]), 2);
    }
    return std::sqrt(sum / norm);
  }
};

TEST_CASE("the full gradient of every loss is the slope of the float64 objective", "[loss]") {
  const Fixture f;
  const Split& split = f.data.data.train;
  std::vector<double> weights(f.x.begin(), f.x.begin() + 31);
  for (const ComponentInfo& info : losses().family().members) {
    const auto loss = losses()[info.name](choose(losses().family(), info.name).parameters);
    const std::vector<float> g = f.gradient(*f.make("full", *loss, {}));
    INFO(info.name);
    for (const std::size_t c : {std::size_t{0}, std::size_t{7}, std::size_t{30}}) {
      const double h = 1e-5, kept = weights[c];
      weights[c] = kept + h;
      const double above = evaluate(split, *loss, weights, 1).loss;
      weights[c] = kept - h;
      const double below = evaluate(split, *loss, weights, 1).loss;
      weights[c] = kept;
      CHECK(static_cast<double>(g[c]) / 400.0 == Approx((above - below) / (2 * h)).margin(2e-5));
    }
  }
}

TEST_CASE("with fine levels the polynomial gradient comes close to the full one", "[chebyshev]") {
  const Fixture f;
  const auto full = f.make("full", *f.logistic, {});
  for (const char* product : {"powers", "recurrence", "symmetric"}) {
    const auto fine =
        f.make("chebyshev", *f.logistic, {{"bits", std::int64_t{11}}, {"product", std::string(product)}});
    CHECK(f.distance(*fine, *full) < 0.01);
    CHECK(fine->counts().outside == 0);
  }
  const auto rough =
      f.make("chebyshev", *f.logistic, {{"bits", std::int64_t{11}}, {"degree", std::int64_t{1}}});
  CHECK(f.distance(*rough, *full) > 0.01);
}

TEST_CASE("rows outside a given radius are counted; an estimated radius follows the model", "[chebyshev]") {
  Fixture f;
  const auto narrow = f.make("chebyshev", *f.logistic,
                             {{"bits", std::int64_t{8}}, {"radius", 0.5}, {"degree", std::int64_t{3}}});
  f.gradient(*narrow);
  std::uint64_t outside = 0;
  for (const std::uint32_t r : f.rows) {
    const auto a = f.data.data.train.features.padded_row(r);
    if (std::fabs(kernels::dot(a.data(), f.x.data(), f.x.size())) > 0.5f) ++outside;
  }
  CHECK(narrow->counts().outside >= outside - 3);
  CHECK(narrow->counts().outside <= outside + 3);
  CHECK(narrow->counts().extra_bytes == 0);

  const RadiusPolynomials polynomials(estimator_choice("chebyshev", {{"bits", std::int64_t{4}}}).parameters,
                                      f.input(*f.logistic));
  CHECK(polynomials.pilot_bytes() == 256 * 31 * 4);
  for (const float factor : {0.01f, 1.0f, 1000.0f}) {
    AlignedVector<float> x = f.x;
    for (float& v : x) v *= factor;
    double largest = 0.0;
    for (const std::uint32_t r : f.rows) {
      const auto a = f.data.data.train.features.padded_row(r);
      largest = std::max(largest, std::fabs(static_cast<double>(kernels::dot(a.data(), x.data(), x.size()))));
    }
    const double radius = polynomials.at(x).slope.radius;
    CHECK(radius >= std::min(largest, radius));
    CHECK(radius >= std::max(0.25, 1.2 * 0.8 * largest));
    CHECK(radius <= std::max(0.25, 1.25 * 1.19 * largest + 1e-9));
  }
  AlignedVector<float> lost = f.x;
  lost[0] = std::nanf("");
  CHECK(polynomials.at(lost).slope.radius > 1e6);
}

TEST_CASE("l1 refetching reads again what it must, less with a tighter bound, and counts it", "[refetch]") {
  const Fixture f;
  const auto full = f.make("full", *f.hinge, {});
  std::uint64_t before = 400;
  for (const int bits : {2, 6, 8, 10}) {
    const auto choice = [&](const char* bound) {
      return f.make("refetch_l1", *f.hinge, {{"bits", std::int64_t{bits}}, {"bound", std::string(bound)}});
    };
    const auto step = choice("step"), nearest = choice("nearest"), interval = choice("interval");
    for (const auto* e : {step.get(), nearest.get(), interval.get()}) {
      f.gradient(*e);
      CHECK(e->counts().extra_bytes == e->counts().refetched * 31 * 4);
      CHECK(e->counts().flipped == 0);
    }
    const std::uint64_t refetched = step->counts().refetched;
    INFO("bits " << bits << ": " << refetched);
    const bool some_are_certain = bits >= 6;
    CHECK((refetched < before) == some_are_certain);
    CHECK((nearest->counts().refetched < refetched) == some_are_certain);
    CHECK((interval->counts().refetched < refetched) == some_are_certain);
    CHECK(step->bytes_per_row() == nearest->bytes_per_row());
    CHECK(interval->bytes_per_row() == Approx(step->bytes_per_row() * (bits + 1) / bits).epsilon(0.05));
    before = refetched;
  }
  CHECK(f.distance(*f.make("refetch_l1", *f.hinge, {{"bits", std::int64_t{1}}}), *full) < 1e-6);
  const auto one_epoch = f.make("refetch_l1", *f.hinge, {{"bits", std::int64_t{4}}});
  f.gradient(*one_epoch);
  one_epoch->begin_epoch(3);
  CHECK(one_epoch->counts().refetched == 0);
}

TEST_CASE("l2 refetching: more sketch values, fewer flips; all rows again where delta is large",
          "[refetch]") {
  const Fixture f;
  const auto make = [&](int sketch, double delta) {
    auto estimator = f.make("refetch_l2", *f.hinge,
                            {{"bits", std::int64_t{4}}, {"sketch", std::int64_t{sketch}}, {"delta", delta}});
    f.gradient(*estimator);
    return estimator;
  };
  const auto small = make(4, 0.05), large = make(4096, 0.05), all = make(64, 1e4);
  CHECK(small->counts().flipped > 4 * large->counts().flipped);
  CHECK(all->counts().refetched == 400);
  CHECK(all->counts().flipped == 0);
  CHECK(f.distance(*all, *f.make("full", *f.hinge, {})) < 1e-6);
  CHECK(large->bytes_per_row() - small->bytes_per_row() == Approx(4092.0).epsilon(0.02));
}

TEST_CASE("refetching needs a slope that is a step", "[refetch]") {
  const Fixture f;
  CHECK_THROWS_AS(f.make("refetch_l1", *f.logistic, {{"bits", std::int64_t{4}}}), std::logic_error);
  CHECK_THROWS_AS(f.make("refetch_l2", *f.logistic, {{"bits", std::int64_t{4}}}), std::logic_error);
  CHECK_FALSE(estimator_objection("refetch_l1", *f.logistic).empty());
  CHECK(estimator_objection("refetch_l1", *f.hinge).empty());
  CHECK(estimator_objection("chebyshev", *f.logistic).empty());
}

}  // namespace
}  // namespace zipml
