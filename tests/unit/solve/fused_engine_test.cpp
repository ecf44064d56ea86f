#include <catch2/catch.hpp>
#include <cstring>

#include "engine/solve/epoch_plan.h"
#include "engine/solve/synchronous.h"
#include "toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::Given;
using testing::quantized_channel;
using testing::toy_data;
using testing::toy_spec;

ParameterValue levels(const char* kind) { return component_default(level_strategies().family(), kind); }

const std::vector<std::pair<const char*, Given>> kSamples = {
    {"full", {}},
    {"naive", {{"bits", std::int64_t{8}}}},
    {"naive", {{"bits", std::int64_t{1}}}},
    {"deterministic", {{"bits", std::int64_t{3}}}},
    {"deterministic", {{"bits", std::int64_t{5}}, {"levels", levels("optimal")}}},
    {"naive", {{"bits", std::int64_t{4}}, {"columns_per_group", std::string("all")}}},
    {"naive",
     {{"bits", std::int64_t{2}}, {"columns_per_group", std::string("all")}, {"levels", levels("quantile")}}},
    {"double_sampling", {{"bits", std::int64_t{2}}, {"symmetrized", false}}},
    {"double_sampling", {{"bits", std::int64_t{4}}}},
    {"double_sampling", {{"bits", std::int64_t{4}}, {"sampling", std::string("once")}}},
    {"double_sampling", {{"bits", std::int64_t{7}}, {"levels", levels("quantile")}}},
    {"double_sampling", {{"bits", std::int64_t{1}}}}};

TEST_CASE("the fused engine gives the bits of the synchronous one", "[fused]") {
  const auto regularizer =
      regularizers()["l1"](choose(regularizers().family(), "l1", {{"weight", 1e-3}}).parameters);
  for (const std::size_t columns : {3u, 40u, 300u}) {
    const PreparedData data = toy_data(120, columns);
    for (const char* model : {"least_squares", "logistic"}) {
      const auto loss = losses()[model](choose(losses().family(), model).parameters);
      for (const auto& [kind, given] : kSamples) {
        for (const int batch : {1, 7, 64}) {
          TrainingSpec spec = toy_spec(2, batch, 0.01);
          spec.samples = estimator_choice(kind, given);
          INFO(model << ", " << kind << ", " << columns << " columns, batch " << batch);
          const std::vector<float> want = train({data, *loss, *regularizer}, spec, 1).x;
          spec.engine = choose(engines(), "fused");
          for (const int threads : {1, 3}) {
            const std::vector<float> got = train({data, *loss, *regularizer}, spec, threads).x;
            REQUIRE(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("mini-batches of one row take the definition's step, whatever the channels", "[fused]") {
  const PreparedData data = toy_data(200, 30);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  const Matrix& features = data.data.train.features;
  std::vector<double> x(features.cols(), 0.0);
  std::vector<std::uint32_t> order(features.rows());
  order_rows("permutation", 1, 1, order);
  for (const std::uint32_t r : order) {
    double score = 0.0;
    for (std::size_t c = 0; c < x.size(); ++c) score += x[c] * double{features(r, c)};
    const double residual = double{loss->derivative(static_cast<float>(score), data.data.train.labels[r])};
    for (std::size_t c = 0; c < x.size(); ++c) x[c] -= 0.01 * residual * double{features(r, c)};
  }
  TrainingSpec spec = toy_spec(1, 1, 0.01);
  for (const bool quantized : {false, true}) {
    if (quantized) spec.model_channel = quantized_channel(16);
    const std::vector<float> got = train({data, *loss, *regularizer}, spec, 1).x;
    for (std::size_t c = 0; c < x.size(); ++c)
      CHECK(double{got[c]} == Approx(x[c]).margin(quantized ? 1e-3 : 1e-5));
  }
}

TEST_CASE("traces of the fused engine count the bytes of its rows", "[fused]") {
  const PreparedData data = toy_data(100, 129);  // and the intercept: 130 columns
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  TrainingSpec spec = toy_spec(1, 50, 0.01);
  spec.samples = estimator_choice("double_sampling", {{"bits", std::int64_t{3}}});
  spec.engine = choose(engines(), "fused");
  const TraceRow row = train({data, *loss, *regularizer}, spec, 1).trace.rows.back();
  CHECK(row.bytes_read == 100 * (5 * 16 + 2 * 32));  // 4 bits a code: 32 columns a line; 128 choices a line
}

}  // namespace
}  // namespace zipml
