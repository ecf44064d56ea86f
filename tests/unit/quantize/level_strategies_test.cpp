#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/quantize/adaquant_levels.h"
#include "engine/quantize/candidate_levels.h"
#include "engine/quantize/column_levels.h"
#include "engine/quantize/double_double.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/optimal_levels.h"
#include "engine/quantize/reference_levels.h"
#include "tests/unit/quantize/find_levels.h"

namespace zipml {
namespace {

using testing::find_levels;
using Values = std::vector<float>;

TEST_CASE("levels of a few values, by hand", "[levels]") {
  const Values values = {4.0f, -2.0f, 0.0f, 1.0f, 1.0f, 3.0f};
  CHECK(find_levels("uniform", values, 4, {{"scaling", std::string("min_max")}}) ==
        Values{-2.0f, 0.0f, 2.0f, 4.0f});
  CHECK(find_levels("xnor", values, 5) == Values{-4.0f, -2.0f, 0.0f, 2.0f, 4.0f});
  CHECK(find_levels("xnor", values, 4) == Values{-4.0f, 0.0f, 4.0f, 4.0f});
  // The mean |value| is 11 / 6.
  CHECK(find_levels("xnor", values, 2, {{"scale", std::string("mean")}}) ==
        Values{-11.0f / 6.0f, 11.0f / 6.0f});
  const auto input_of = [](const std::string& scale) {
    const ComponentChoice xnor = choose(level_strategies().family(), "xnor", {{"scale", scale}});
    return level_strategies()["xnor"](xnor.parameters)->input();
  };
  CHECK(input_of("max") == LevelInput::range);
  CHECK(input_of("mean") == LevelInput::values);
  // k = .3 has the error .16 + .64 + 0 + .04 + .04 + .36; k = .1 has 11.8, k = .2 has 3.16.
  const Values released = find_levels("released", values, 5);
  CHECK(released[3] == Approx(1.2));
  CHECK(released[4] == Approx(3.6));
  CHECK(released[2] == 0.0f);
  CHECK(find_levels("log", values, 7) == Values{-4.0f, -2.0f, -1.0f, 0.0f, 1.0f, 2.0f, 4.0f});
  CHECK(find_levels("log", values, 2) == Values{-4.0f, 4.0f});
  CHECK(find_levels("quantile", values, 6) == Values{-2.0f, 0.0f, 1.0f, 1.0f, 3.0f, 4.0f});
  CHECK(find_levels("quantile", values, 2) == Values{-2.0f, 4.0f});
  // Errors with the one inner level at 0: 3 + 3 + 3; at 1: 2 + 2; at 3: 6 + 8 + 8.
  CHECK(find_levels("optimal", values, 3) == Values{-2.0f, 1.0f, 4.0f});
  CHECK(reference_optimal_variance(values, 3) == 4.0);
  // Clusters {-2}, {0, 1, 1}, {3, 4}.
  const Values centroids = find_levels("kmeans", values, 3);
  CHECK(centroids[0] == -2.0f);
  CHECK(centroids[1] == Approx(2.0 / 3.0));
  CHECK(centroids[2] == 3.5f);
  CHECK(reference_kmeans_error(values, 3) == Approx(2.0 / 3.0 + 0.5));
}

TEST_CASE("constant and empty columns, and fewer distinct values than levels", "[levels]") {
  for (const ComponentInfo& info : level_strategies().family().members) {
    INFO(info.name);
    if (info.name == "given") continue;  // finds nothing
    CHECK(find_levels(info.name, {}, 4) == Values(4, 0.0f));
    const Values constant = find_levels(info.name, Values(50, 2.5f), 5);
    CHECK(constant.size() == 5);
    if (info.name != "released")
      CHECK(total_variance(Values(50, 2.5f), constant) == Approx(0.0).margin(1e-9));
  }
  for (const char* kind : {"optimal", "kmeans", "adaquant"}) {
    CHECK(find_levels(kind, {1.0f, 0.0f, 1.0f, 3.0f}, 5) == Values{0.0f, 1.0f, 3.0f, 3.0f, 3.0f});
  }
  CHECK(find_levels("optimal", {-0.0f, 0.0f, 1.0f}, 2) == Values{0.0f, 1.0f});
}

TEST_CASE("values that meet when counted from their mean", "[levels]") {
  Values values = {1.0f, 1.0f, 1.0f};
  for (int i = 1; i <= 40; ++i) values.push_back(static_cast<float>(i) * 1e-42f);
  for (const int count : {3, 4, 5, 8}) {
    const double best = reference_optimal_variance(values, count);
    CHECK(total_variance(values, find_levels("optimal", values, count)) <= best * (1.0 + 1e-9));
  }
}

TEST_CASE("sorting many values, with their duplicates counted", "[levels]") {
  Values values;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    values.push_back(static_cast<float>(draw_below({3, Stream::generate_features, 0}, i, 0, 701)) - 350.0f);
    if (i % 7 == 0) values.back() = -0.0f;
  }
  Values expected = values;
  std::sort(expected.begin(), expected.end());
  CHECK(sorted_values(values) == expected);
  const WeightedPoints points = distinct_points(expected);
  double weight = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    weight += points.weight[i];
    CHECK(points.weight[i] == static_cast<double>(std::count(values.begin(), values.end(), points.x[i])));
    if (i > 0) CHECK(points.x[i - 1] < points.x[i]);
  }
  CHECK(weight == 5000.0);
}

TEST_CASE("double-double keeps what a double drops", "[levels]") {
  const DoubleDouble sum = exact_sum(1.0, 0x1p-80);
  CHECK(sum.high == 1.0);
  CHECK(sum.low == 0x1p-80);
  CHECK((sum - DoubleDouble{1.0, 0.0}).value() == 0x1p-80);
  const DoubleDouble square = exact_product(1.0 + 0x1p-40, 1.0 + 0x1p-40);
  CHECK((square - DoubleDouble{1.0 + 0x1p-39, 0.0}).value() == 0x1p-80);
  CHECK((sum * 3.0 - DoubleDouble{3.0, 0.0}).value() == 3.0 * 0x1p-80);
}

TEST_CASE("too many levels for memory are refused by name; AdaQuant refuses what cannot end", "[levels]") {
  Values values(70000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  for (const char* kind : {"optimal", "kmeans"}) {
    CHECK_THROWS_WITH(find_levels(kind, values, 1 << 16), Catch::Contains(kind) && Catch::Contains("4 GiB"));
    CHECK_THROWS_AS(find_levels(kind, values, 1 << 16), InputError);
  }
  CHECK_THROWS_AS(adaquant_positions(distinct_points(values), 5, 10), std::logic_error);
}

TEST_CASE("columns get their own levels, the same on any number of threads", "[levels]") {
  Matrix matrix(500, 40);
  for (std::size_t r = 0; r < 500; ++r) {
    for (std::size_t c = 0; c < 40; ++c) {
      matrix(r, c) = static_cast<float>(draw_normal({5, Stream::generate_features, 0}, r * 40 + c, 0));
    }
  }
  const auto strategy =
      level_strategies()["optimal"](choose(level_strategies().family(), "optimal").parameters);
  const ColumnLevels one = column_levels(matrix, *strategy, 8, 1),
                     many = column_levels(matrix, *strategy, 8, 3);
  for (std::size_t c = 0; c < 40; ++c) {
    Values column(500);
    for (std::size_t r = 0; r < 500; ++r) column[r] = matrix(r, c);
    const auto a = one.column(c).values(), b = many.column(c).values();
    CHECK(Values(a.begin(), a.end()) == find_levels("optimal", column, 8));
    CHECK(Values(b.begin(), b.end()) == Values(a.begin(), a.end()));
  }
}

}  // namespace
}  // namespace zipml
