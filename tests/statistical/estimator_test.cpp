#include "engine/gradient/estimator.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/gradient/channel.h"
#include "engine/kernels/kernels.h"
#include "tests/unit/solve/toy_problem.h"

// Fixed seeds, so a test that passes always passes; the stated rate is the chance that a correct estimator
// would have been refused. Means over kDraws draws are compared in standard errors: a normal mean exceeds
// kLimit of them with probability 2e-9, and no test makes more than 100 such comparisons, so the rate is
// below 1e-6 a test.
namespace zipml {
namespace {

constexpr std::uint32_t kDraws = 20000;
constexpr double kLimit = 6.0;
constexpr std::size_t kRows = 12, kFeatures = 6;

using Vector = std::vector<double>;

struct Moments {
  Vector mean, standard_error;
  double mean_squared_error = 0.0;        ///< E|g - target|^2
  double mean_squared_error_error = 0.0;  ///< its standard error
};

struct Fixture {
  PreparedData data = testing::toy_data(kRows, kFeatures, 1.0);
  std::unique_ptr<Loss> loss = losses()["least_squares"]({});
  AlignedVector<float> x = AlignedVector<float>(16, 0.0f);
  std::vector<std::uint32_t> rows;
  std::size_t columns = kFeatures + 1;

  Fixture() {
    for (std::size_t i = 0; i < columns; ++i) {
      x[i] = static_cast<float>(draw_normal({9, Stream::generate_model, 0}, i, 0));
    }
    for (std::uint32_t r = 0; r < kRows; ++r) rows.push_back(r);
  }

  std::unique_ptr<GradientEstimator> make(const ComponentChoice& choice) const {
    return estimators()[choice.kind](choice.parameters,
                                     {data.data.train.features, data.data.train.labels, *loss, 1, 1});
  }

  Vector gradient(GradientEstimator& estimator, std::span<const std::uint32_t> which) const {
    EstimatorScratch scratch;
    AlignedVector<float> sum(16, 0.0f);
    estimator.accumulate(x, which, sum, scratch);
    return Vector(sum.begin(), sum.begin() + static_cast<std::ptrdiff_t>(columns));
  }

  Vector exact(std::span<const std::uint32_t> which) const {
    Vector g(columns, 0.0);
    for (const std::uint32_t r : which) {
      const auto a = data.data.train.features.row(r);
      double residual = -static_cast<double>(data.data.train.labels[r]);
      for (std::size_t c = 0; c < columns; ++c)
        residual += static_cast<double>(a[c]) * static_cast<double>(x[c]);
      for (std::size_t c = 0; c < columns; ++c) g[c] += residual * static_cast<double>(a[c]);
    }
    return g;
  }

  Moments moments(const ComponentChoice& choice, std::span<const std::uint32_t> which) const {
    const auto estimator = make(choice);
    const Vector target = exact(which);
    Vector sum(columns), squares(columns);
    double errors = 0.0, error_squares = 0.0;
    for (std::uint32_t draw = 1; draw <= kDraws; ++draw) {
      estimator->begin_epoch(draw);
      const Vector g = gradient(*estimator, which);
      double error = 0.0;
      for (std::size_t c = 0; c < columns; ++c) {
        sum[c] += g[c];
        squares[c] += g[c] * g[c];
        error += (g[c] - target[c]) * (g[c] - target[c]);
      }
      errors += error;
      error_squares += error * error;
    }
    Moments m{Vector(columns), Vector(columns), errors / kDraws, 0.0};
    for (std::size_t c = 0; c < columns; ++c) {
      m.mean[c] = sum[c] / kDraws;
      m.standard_error[c] =
          std::sqrt(std::max(squares[c] / kDraws - m.mean[c] * m.mean[c], 0.0) / kDraws) + 1e-6;
    }
    m.mean_squared_error_error =
        std::sqrt((error_squares / kDraws - m.mean_squared_error * m.mean_squared_error) / kDraws);
    return m;
  }

  double largest_deviation(const Moments& m, const Vector& target) const {
    double largest = 0.0;
    for (std::size_t c = 0; c < columns; ++c) {
      largest = std::max(largest, std::fabs(m.mean[c] - target[c]) / m.standard_error[c]);
    }
    return largest;
  }
};

ComponentChoice quantized(const char* kind, int bits, testing::Given more = {}) {
  more.push_back({"bits", std::int64_t{bits}});
  return testing::estimator_choice(kind, std::move(more));
}

const ParameterValue& row_levels() {
  static const ParameterValue levels =
      component_default(level_strategies().family(), "uniform", {{"scaling", std::string("row")}});
  return levels;
}

TEST_CASE("estimators that say they are unbiased are; naive, the positive control, is not", "[estimator]") {
  const Fixture f;
  const Vector target = f.exact(f.rows);
  for (const ComponentInfo& info : estimators().family().members) {
    if (info.name == "full" || !estimator_objection(info.name, *f.loss).empty()) continue;
    const ComponentChoice choice = quantized(info.name.c_str(), 3);
    INFO(info.name);
    if (f.make(choice)->is_unbiased()) CHECK(f.largest_deviation(f.moments(choice, f.rows), target) < kLimit);
  }
  for (const int bits : {1, 2, 3, 4, 8}) {
    for (const ComponentChoice& choice :
         {quantized("double_sampling", bits), quantized("double_sampling", bits, {{"symmetrized", false}}),
          quantized("double_sampling", bits, {{"levels", row_levels()}})}) {
      INFO("bits " << bits);
      REQUIRE(f.make(choice)->is_unbiased());
      CHECK(f.largest_deviation(f.moments(choice, f.rows), target) < kLimit);
    }
  }
  // The slope of least squares is its own polynomial.
  const ComponentChoice products =
      quantized("chebyshev", 3, {{"degree", std::int64_t{4}}, {"outside", std::string("extend")}});
  REQUIRE(f.make(products)->is_unbiased());
  CHECK(f.largest_deviation(f.moments(products, f.rows), target) < kLimit);
  const ComponentChoice control = quantized("naive", 3);
  CHECK_FALSE(f.make(control)->is_unbiased());
  CHECK(f.largest_deviation(f.moments(control, f.rows), target) > 2 * kLimit);
  CHECK_FALSE(f.make(quantized("deterministic", 3))->is_unbiased());
}

TEST_CASE("naive quantization is off by D x, D_ii = E[Q(a_i)^2] - a_i^2", "[estimator]") {
  const Fixture f;
  for (const int bits : {2, 3, 5}) {
    const QuantizedSamples samples(
        f.data.data.train.features,
        *level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters), 1 << bits,
        1, 1);
    Vector want = f.exact(f.rows);
    for (const std::uint32_t r : f.rows) {
      for (std::size_t c = 0; c < f.columns; ++c) {
        want[c] += samples.levels().column(c).variance(f.data.data.train.features(r, c)) *
                   static_cast<double>(f.x[c]);
      }
    }
    CHECK(f.largest_deviation(f.moments(quantized("naive", bits), f.rows), want) < kLimit);
  }
}

// With independent draws and V = sum x_i^2 var_i, r = a'x - b:
//   E|g - E g|^2 = TV r^2 + |a|^2 V + TV V,
// and V <= |x.x| TV gives Lemma 1 with constant 1 (and (a'x - b)^2 where the paper, which leaves b out, has
// (a'x)^2).
TEST_CASE("plain double sampling has its exact variance, within Lemma 1's bound; symmetrized has no more",
          "[estimator]") {
  const Fixture f;
  for (const int bits : {1, 2, 4}) {
    const QuantizedSamples samples(
        f.data.data.train.features,
        *level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters), 1 << bits,
        2, 1);
    for (const std::uint32_t r : {0u, 5u, 11u}) {
      double tv = 0.0, v = 0.0, norm = 0.0, residual = -static_cast<double>(f.data.data.train.labels[r]),
             x4 = 0.0;
      for (std::size_t c = 0; c < f.columns; ++c) {
        const double a = static_cast<double>(f.data.data.train.features(r, c)),
                     x = static_cast<double>(f.x[c]);
        const double variance = samples.levels().column(c).variance(f.data.data.train.features(r, c));
        tv += variance;
        v += x * x * variance;
        norm += a * a;
        residual += a * x;
        x4 += x * x * x * x;
      }
      const double exact = tv * residual * residual + norm * v + tv * v;
      const double bound = tv * (tv * std::sqrt(x4) + residual * residual + std::sqrt(x4) * norm);
      const std::vector<std::uint32_t> row = {r};
      const Moments plain = f.moments(quantized("double_sampling", bits, {{"symmetrized", false}}), row);
      const Moments symmetrized = f.moments(quantized("double_sampling", bits), row);
      INFO("bits " << bits << " row " << r);
      CHECK(std::fabs(plain.mean_squared_error - exact) < kLimit * plain.mean_squared_error_error);
      CHECK(exact <= bound);
      CHECK(plain.mean_squared_error < bound + kLimit * plain.mean_squared_error_error);
      CHECK(symmetrized.mean_squared_error <
            plain.mean_squared_error +
                kLimit * (plain.mean_squared_error_error + symmetrized.mean_squared_error_error));
    }
  }
}

TEST_CASE("the two draws of a value are independent: their covariance is 0, and that of a shared draw is not",
          "[estimator]") {
  const Fixture f;
  QuantizedSamples samples(
      f.data.data.train.features,
      *level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters), 4, 2, 1);
  const auto value = static_cast<double>(f.data.data.train.features(0, 0));
  double product = 0.0, product_squares = 0.0, same = 0.0;
  QuantizeScratch scratch;
  std::vector<float> first(f.columns), second(f.columns);
  for (std::uint32_t draw = 1; draw <= kDraws; ++draw) {
    samples.quantize(Rounding::stochastic, {4, Stream::sample_rounding, draw}, 1);
    samples.decode_pair(0, first.data(), second.data(), scratch);
    const double a = static_cast<double>(first[0]) - value, b = static_cast<double>(second[0]) - value;
    product += a * b;
    product_squares += a * a * b * b;
    same += a * a;
  }
  const double standard_error = std::sqrt(product_squares) / kDraws;
  CHECK(std::fabs(product / kDraws) < kLimit * standard_error);
  CHECK(same / kDraws > 2 * kLimit * standard_error);
}

TEST_CASE("stochastic channels are unbiased; nearest rounding, the positive control, is not", "[channel]") {
  std::vector<float> in(20), out(20);
  for (std::size_t i = 0; i < in.size(); ++i) {
    in[i] = static_cast<float>(draw_normal({3, Stream::generate_model, 0}, i, 0));
  }
  for (const char* rounding : {"stochastic", "nearest"}) {
    for (const int bits : {1, 2, 4}) {
      const auto channel =
          channels()["quantized"](choose(channels().family(), "quantized",
                                         {{"bits", std::int64_t{bits}}, {"rounding", std::string(rounding)}})
                                      .parameters);
      Vector sum(20), squares(20);
      for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
        channel->transmit(in, out, {1, Stream::gradient_rounding, draw / 100}, draw % 100);
        for (std::size_t i = 0; i < 20; ++i) {
          sum[i] += static_cast<double>(out[i]);
          squares[i] += static_cast<double>(out[i]) * static_cast<double>(out[i]);
        }
      }
      double largest = 0.0;
      for (std::size_t i = 0; i < 20; ++i) {
        const double mean = sum[i] / kDraws;
        const double error = std::sqrt(std::max(squares[i] / kDraws - mean * mean, 0.0) / kDraws) + 1e-5;
        largest = std::max(largest, std::fabs(mean - static_cast<double>(in[i])) / error);
      }
      INFO(rounding << " bits " << bits);
      CHECK((largest < kLimit) == channel->is_unbiased());
    }
  }
}

TEST_CASE("end to end, all three channels at once, the gradient is unbiased (equation 13)", "[estimator]") {
  const Fixture f;
  const Vector target = f.exact(f.rows);
  const auto channel = channels()["quantized"](testing::quantized_channel(4).parameters);
  for (const char* kind : {"double_sampling", "naive"}) {
    const auto estimator = f.make(quantized(kind, 2));
    Vector sum(f.columns), squares(f.columns);
    AlignedVector<float> read(16, 0.0f), g(16), sent(16, 0.0f);
    EstimatorScratch scratch;
    for (std::uint32_t draw = 1; draw <= kDraws; ++draw) {
      estimator->begin_epoch(draw);
      channel->transmit(std::span(f.x).first(f.columns), std::span(read).first(f.columns),
                        {1, Stream::model_rounding, draw}, 0);
      std::fill(g.begin(), g.end(), 0.0f);
      estimator->accumulate(read, f.rows, g, scratch);
      channel->transmit(std::span(g).first(f.columns), std::span(sent).first(f.columns),
                        {1, Stream::gradient_rounding, draw}, 0);
      for (std::size_t c = 0; c < f.columns; ++c) {
        sum[c] += static_cast<double>(sent[c]);
        squares[c] += static_cast<double>(sent[c]) * static_cast<double>(sent[c]);
      }
    }
    double largest = 0.0;
    for (std::size_t c = 0; c < f.columns; ++c) {
      const double mean = sum[c] / kDraws;
      largest = std::max(
          largest, std::fabs(mean - target[c]) / std::sqrt((squares[c] / kDraws - mean * mean) / kDraws));
    }
    INFO(kind);
    CHECK((largest < kLimit) == estimator->is_unbiased());
  }
}

}  // namespace
}  // namespace zipml
