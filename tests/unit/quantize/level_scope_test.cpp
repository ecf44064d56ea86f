#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/quantize/column_levels.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/reference_levels.h"
#include "engine/quantize/row_sample.h"
#include "tests/unit/quantize/find_levels.h"

// What levels are found on: columns, groups of columns, all of them; all rows or a sample.
namespace zipml {
namespace {

using testing::strategy_of;
using testing::values_of;
using Values = std::vector<float>;
constexpr std::size_t kRows = 600, kCols = 37;

Matrix lognormal_matrix() {
  Matrix matrix(kRows, kCols);
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < kCols; ++c) {
      const double normal = draw_normal({8, Stream::generate_features, 0}, r * kCols + c, 0);
      matrix(r, c) = static_cast<float>(static_cast<double>(c + 1) * portable_exp(normal));
    }
  }
  return matrix;
}

// Values of columns [first, last) at the given rows.
Values gathered(const Matrix& matrix, std::size_t first, std::size_t last,
                const std::vector<std::size_t>& rows) {
  Values values;
  for (const std::size_t r : rows) {
    for (std::size_t c = first; c < last; ++c) values.push_back(matrix(r, c));
  }
  return values;
}

TEST_CASE("a sample of rows is a subset that the seed decides, every row with the same probability",
          "[levels]") {
  CHECK(sample_rows(5, 0, 1) == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(sample_rows(5, 9, 1).size() == 5);
  std::vector<int> drawn(10);
  constexpr int kSamples = 5000;
  for (std::uint64_t seed = 0; seed < kSamples; ++seed) {
    const std::vector<std::size_t> rows = sample_rows(10, 3, seed);
    REQUIRE(rows == sample_rows(10, 3, seed));
    REQUIRE(std::is_sorted(rows.begin(), rows.end()));
    REQUIRE(std::set<std::size_t>(rows.begin(), rows.end()).size() == 3);
    for (const std::size_t row : rows) ++drawn[row];
  }
  // 6 standard deviations of a binomial (5000, 0.3) are 194: false alarm below 1e-7 for ten of them.
  for (const int count : drawn) CHECK(std::abs(count - 1500) < 195);
}

TEST_CASE("groups of columns share the levels of their values", "[levels]") {
  const Matrix matrix = lognormal_matrix();
  std::vector<std::size_t> all(kRows);
  for (std::size_t r = 0; r < kRows; ++r) all[r] = r;
  for (const char* kind : {"optimal", "quantile", "uniform", "kmeans"}) {
    const auto strategy = strategy_of(kind);
    for (const std::size_t width :
         {std::size_t{1}, std::size_t{5}, std::size_t{20}, std::size_t{0}, std::size_t{99}}) {
      const ColumnLevels levels = column_levels(matrix, *strategy, 8, 2, {width, 0, 1});
      REQUIRE(levels.cols() == kCols);
      const std::size_t group = width == 0 ? kCols : std::min(width, kCols);
      for (std::size_t c = 0; c < kCols; ++c) {
        const std::size_t first = c / group * group, last = std::min(first + group, kCols);
        INFO(kind << ", groups of " << group << ", column " << c);
        REQUIRE(values_of(levels.column(c)) ==
                values_of(strategy->levels(gathered(matrix, first, last, all), 8)));
      }
    }
  }
}

TEST_CASE("levels of a sample cover all rows, and are near the best", "[levels]") {
  const Matrix matrix = lognormal_matrix();
  std::vector<std::size_t> all(kRows);
  for (std::size_t r = 0; r < kRows; ++r) all[r] = r;
  bool some_value_is_outside_the_sample = false;
  for (const ComponentInfo& info : level_strategies().family().members) {
    if (info.name == "given") continue;
    if (info.name == "kmeans" || info.name == "released") continue;  // they cover no ends at all
    const auto strategy = strategy_of(info.name);
    const LevelScope scope{4, 300, 3};
    const ColumnLevels levels = column_levels(matrix, *strategy, 8, 1, scope);
    const ColumnLevels best = column_levels(matrix, *strategy, 8, 1, {4, 0, 3});
    for (std::size_t first = 0; first < kCols; first += 4) {
      INFO(info.name << ", columns from " << first);
      const std::size_t last = std::min(first + 4, kCols);
      const Values values = gathered(matrix, first, last, all),
                   sample = gathered(matrix, first, last, sample_rows(kRows, 300, 3));
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      some_value_is_outside_the_sample =
          some_value_is_outside_the_sample || *std::max_element(sample.begin(), sample.end()) < *high;
      CHECK(levels.column(first).low() <= *low);
      CHECK(levels.column(first).high() >= *high * (1 - 1e-6f));
      if (strategy->input() == LevelInput::range) {
        CHECK(values_of(levels.column(first)) == values_of(best.column(first)));
      } else if (info.name == "optimal") {
        const double found = total_variance(values, levels.column(first).values());
        const double least = total_variance(values, best.column(first).values());
        CHECK(found >= least * (1.0 - 1e-9));
        CHECK(found <= least * 1.5);
      }
    }
  }
  CHECK(some_value_is_outside_the_sample);
  const auto optimal = strategy_of("optimal");
  const ColumnLevels one = column_levels(matrix, *optimal, 8, 1, {1, 100, 1}),
                     other = column_levels(matrix, *optimal, 8, 1, {1, 100, 2});
  CHECK(values_of(one.column(0)) != values_of(other.column(0)));
}

TEST_CASE("levels of the range alone need only the smallest and the largest value", "[levels]") {
  const Matrix matrix = lognormal_matrix();
  for (const ComponentInfo& info : level_strategies().family().members) {
    if (info.name == "given") continue;
    const auto strategy = strategy_of(info.name);
    if (strategy->input() != LevelInput::range) continue;
    Values column(kRows);
    for (std::size_t r = 0; r < kRows; ++r) column[r] = matrix(r, 0) - 1.0f;
    const auto [low, high] = std::minmax_element(column.begin(), column.end());
    INFO(info.name);
    CHECK(values_of(strategy->levels(column, 7)) == values_of(strategy->levels(Values{*low, *high}, 7)));
  }
}

TEST_CASE("given levels are those of every column, or one set a column", "[levels]") {
  const Matrix matrix = lognormal_matrix();
  const auto given = [](std::vector<double> values) {
    return strategy_of("given", {{"values", ParameterValue(std::move(values))}});
  };
  const ColumnLevels one = column_levels(matrix, *given({-1, 0.1, 900}), 3, 1);
  CHECK(values_of(one.column(0)) == Values{-1, 0.1f, 900});
  CHECK(values_of(one.column(kCols - 1)) == Values{-1, 0.1f, 900});
  std::vector<double> many;
  for (std::size_t c = 0; c < kCols; ++c) many.insert(many.end(), {0.0, static_cast<double>(c) + 1.0});
  const ColumnLevels each = column_levels(matrix, *given(many), 2, 1);
  CHECK(values_of(each.column(4)) == Values{0, 5});
  many.resize(2 * (kCols - 1));
  CHECK_THROWS_WITH(
      column_levels(matrix, *given(many), 2, 1),
      "levels \"given\": found 36 sets of levels for 37 columns; allowed: one set, or one for each "
      "column");
  CHECK_THROWS_AS(column_levels(matrix, *given({1, 2, 3}), 2, 1), InputError);
  CHECK_THROWS_AS(column_levels(matrix, *given({2, 1}), 2, 1), InputError);
  CHECK_THROWS_AS(strategy_of("given"), std::logic_error);
}

}  // namespace
}  // namespace zipml
