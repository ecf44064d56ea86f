#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/quantize/level_strategy.h"
#include "experiments/compare/compare_format.h"
#include "experiments/compare/distribution.h"
#include "experiments/compare/measure.h"

using namespace zipml;

namespace {

CompareColumn column_of(std::vector<float> values, std::int64_t number = 1) {
  return {.number = number, .values = std::move(values), .sample = {}, .left_out = 0};
}

const CompareOptions kUniform = {
    .levels = default_levels({"uniform"}), .bits = {2}, .roundings = {"stochastic", "nearest"}};

}  // namespace

TEST_CASE("errors by hand", "[compare][measure]") {
  const LevelSet levels({0.0f, 1.0f, 3.0f});
  const std::vector<float> values = {0.25f, 2.0f, 3.0f, 0.0f};
  const RoundingError stochastic = rounding_error(values, levels, Rounding::stochastic);
  CHECK(stochastic.squared == 0.25 * 0.75 + 1.0);
  CHECK(stochastic.largest == 1.0);
  const RoundingError nearest = rounding_error(values, levels, Rounding::nearest);
  CHECK(nearest.squared == 0.25 * 0.25 + 1.0);
  CHECK(nearest.largest == 1.0);
}

TEST_CASE("values outside the levels cost their distance", "[compare][measure]") {
  const LevelSet levels({0.0f, 1.0f});
  const std::vector<float> values = {-2.0f, 1.5f};
  CHECK(rounding_error(values, levels, Rounding::stochastic).squared == 4.25);
  CHECK(rounding_error(values, levels, Rounding::stochastic).largest == 2.0);
  CHECK(rounding_error(values, levels, Rounding::nearest).squared == 4.25);
}

TEST_CASE("the timed path gives the codes of round_to_level, and their error is the expected one",
          "[compare][measure]") {
  const std::vector<float> values = generate(parse_distribution("normal:0,1"), 5003, 1);
  const DrawAddress address{0, Stream::sample_rounding, 0};
  for (const LevelSet& levels : {LevelSet::uniform(-5, 5, 8), LevelSet({-5, -1, -0.5, 0, 0.25, 1, 2, 5})}) {
    for (const Rounding rounding : {Rounding::stochastic, Rounding::nearest}) {
      std::vector<std::uint16_t> codes;
      quantize_values(values, levels, rounding, address, codes);
      REQUIRE(codes.size() == values.size());
      double squared = 0.0;
      std::size_t different = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        different += codes[i] != round_to_level(rounding, values[i], levels, address, i, 0) ? 1 : 0;
        const double error = values[i] - levels.values()[codes[i]];
        squared += error * error;
      }
      CHECK(different == 0);
      // One draw of 5,003 values: about 2 % spread. Nearest rounding has none.
      const double allowed = rounding == Rounding::stochastic ? 0.1 : 1e-5;
      CHECK(squared == Approx(rounding_error(values, levels, rounding).squared).epsilon(allowed));
    }
  }
}

TEST_CASE("relative error and order of the lines", "[compare][measure]") {
  CompareOptions options = kUniform;
  options.bits = {1, 2};
  // 2 levels -2 and 2, 4 levels -2, -2/3, 2/3, 2.
  const CompareOutcome outcome = compare_columns({column_of({0, 2, -2}), column_of({1, 4}, 2)}, options);
  REQUIRE(outcome.lines.size() == 8);
  const Comparison& first = outcome.lines[0];
  CHECK(first.column == 1);
  CHECK(first.bits == 1);
  CHECK(first.rounding == "stochastic");
  CHECK(first.mean_variance.value() == Approx(4.0 / 3));
  CHECK(first.vnmse.value() == Approx(0.5));
  CHECK(first.max_error.value() == 2.0);
  CHECK(first.level_values == std::vector<float>{-2, 2});
  CHECK(first.seconds_levels.value() >= 0.0);
  CHECK(first.seconds_quantize.value() >= 0.0);
  CHECK(outcome.lines[1].rounding == "nearest");
  CHECK(outcome.lines[2].bits == 2);
  CHECK(outcome.lines[4].column == 2);
  CHECK(outcome.notes.empty());
}

TEST_CASE("the ratio to the optimal levels is there if they are", "[compare][measure]") {
  const bool has_optimal = level_strategies().family().find("optimal") != nullptr;
  const CompareColumn column = column_of(generate(parse_distribution("lognormal"), 2000, 5));
  const CompareOutcome outcome = compare_columns({column}, kUniform);
  REQUIRE(outcome.lines.size() == 2);
  CHECK(outcome.lines[0].ratio_to_optimal.has_value() == has_optimal);
  if (has_optimal) CHECK(outcome.lines[0].ratio_to_optimal.value() >= 1.0);
}

TEST_CASE("columns without values and constant columns", "[compare][measure]") {
  CompareColumn gaps = column_of({}, 2);
  gaps.left_out = 3;
  const CompareOutcome outcome =
      compare_columns({column_of({3, 3, 3}), gaps, column_of({0, 0}, 3)}, kUniform);
  REQUIRE(outcome.lines.size() == 6);
  CHECK(outcome.lines[0].mean_variance.value() == 0.0);
  CHECK(outcome.lines[0].vnmse.value() == 0.0);
  CHECK(outcome.lines[0].max_error.value() == 0.0);
  CHECK(outcome.lines[0].level_values == std::vector<float>{3});
  CHECK_FALSE(outcome.lines[2].mean_variance.has_value());
  CHECK_FALSE(outcome.lines[2].seconds_levels.has_value());
  CHECK(outcome.lines[2].level_values.empty());
  CHECK(outcome.lines[4].vnmse.value() == 0.0);
  CHECK(outcome.notes == std::vector<std::string>{
                             "column 1: constant, 3; one level holds it and it costs nothing",
                             "column 2: 3 of 3 values are left out: NaN, infinite, empty or beyond float32",
                             "column 2: has no values; its results are empty",
                             "column 3: constant, 0; one level holds it and it costs nothing"});
}

TEST_CASE("levels that cannot be made leave a note and an empty line", "[compare][measure]") {
  const CompareOutcome outcome = compare_columns({column_of({-3e38f, 3e38f, 1})}, kUniform);
  REQUIRE(outcome.lines.size() == 2);
  CHECK_FALSE(outcome.lines[0].mean_variance.has_value());
  REQUIRE(outcome.notes.size() == 1);
  CHECK(outcome.notes[0].find("column 1: no levels by 'uniform' with 2 bits: ") == 0);
}

TEST_CASE("levels that do not reach all values are named, uniform ones never", "[compare][measure]") {
  CompareOptions options = kUniform;
  options.levels = default_levels({"uniform", "kmeans"});
  options.bits = {1};
  const CompareOutcome outcome = compare_columns({column_of({0, 0.1f, 1, 1.1f})}, options);
  CHECK(outcome.notes ==
        std::vector<std::string>{"column 1: levels 'kmeans' with 1 bits do not reach 2 values; stochastic "
                                 "rounding is biased there"});
}

TEST_CASE("every strategy compares, for any number of threads alike", "[compare][measure]") {
  CompareOptions options = {.levels = {}, .bits = {2, 3}, .roundings = {"stochastic"}};
  for (const ComponentInfo& info : level_strategies().family().members) {
    if (info.name != "given") options.levels.push_back(default_levels({info.name}).front());
  }
  std::vector<CompareColumn> columns;
  for (int c = 1; c <= 3; ++c) {
    columns.push_back(
        column_of(generate(parse_distribution("laplace"), 500, static_cast<std::uint64_t>(c)), c));
  }
  const CompareOutcome one = compare_columns(columns, options);
  options.threads = 3;
  const CompareOutcome three = compare_columns(columns, options);
  REQUIRE(one.lines.size() == three.lines.size());
  REQUIRE(one.lines.size() >= 6);
  for (std::size_t i = 0; i < one.lines.size(); ++i) {
    CHECK(one.lines[i].mean_variance == three.lines[i].mean_variance);
    CHECK(one.lines[i].level_values == three.lines[i].level_values);
  }
}

TEST_CASE("the three forms say the same", "[compare][format]") {
  CompareColumn pooled = column_of({0, 0.1f, 1}, 0);
  const auto lines = compare_columns({pooled, column_of({}, 2)}, kUniform).lines;
  const auto json = nlohmann::json::parse(compare_json(lines));
  REQUIRE(json.size() == 4);
  const std::vector<std::string> members = {
      "bits",          "column",           "level_values", "levels",         "max_error",
      "mean_variance", "ratio_to_optimal", "rounding",     "seconds_levels", "seconds_quantize",
      "vnmse"};
  std::vector<std::string> found;
  for (const auto& item : json[0].items()) found.push_back(item.key());
  CHECK(found == members);
  CHECK(json[0]["column"] == "pooled");
  CHECK(json[2]["column"] == 2);
  CHECK(json[2]["vnmse"].is_null());
  CHECK(json[0]["vnmse"].get<double>() == lines[0].vnmse.value());
  CHECK(json[0]["level_values"].size() == 4);

  std::istringstream csv(compare_csv(lines));
  std::string header, line;
  std::getline(csv, header);
  CHECK(header ==
        "column,levels,bits,rounding,mean_variance,vnmse,ratio_to_optimal,max_error,seconds_levels,"
        "seconds_quantize,level_values");
  int count = 0;
  while (std::getline(csv, line)) {
    CHECK(std::count(line.begin(), line.end(), ',') == 10);
    ++count;
  }
  CHECK(count == 4);
  CHECK(compare_csv(lines).find("\n2,uniform,2,nearest,,,,,,,\n") != std::string::npos);
  CHECK(compare_table(lines).find("pooled  uniform  2     stochastic") != std::string::npos);

  const auto plot = nlohmann::json::parse(compare_plot_data("t", {pooled, column_of({}, 2)}, lines));
  REQUIRE(plot["histograms"].size() == 2);
  std::uint64_t sum = 0;
  for (const auto& bin : plot["histograms"][0]["counts"]) sum += bin.get<std::uint64_t>();
  CHECK(sum == 3);
  CHECK(plot["histograms"][1]["low"].is_null());
}
