#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/quantize/column_levels.h"
#include "engine/quantize/level_index.h"
#include "engine/quantize/level_set.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/quantized_samples.h"
#include "engine/quantize/rounding.h"

namespace zipml {
namespace {

TEST_CASE("a level set refuses what breaks its invariant", "[levels]") {
  CHECK_THROWS_AS(LevelSet({1.0f}), std::invalid_argument);
  CHECK_THROWS_AS(LevelSet({1.0f, 0.0f}), std::invalid_argument);
  CHECK_THROWS_AS(LevelSet({0.0f, std::nanf("")}), std::invalid_argument);
  CHECK_THROWS_AS(LevelSet::uniform(0.0f, INFINITY, 4), std::invalid_argument);
  CHECK_THROWS_AS(LevelSet::uniform(1.0f, 0.0f, 4), std::invalid_argument);
  CHECK_THROWS_AS(LevelSet::uniform(0.0f, 1.0f, 1), std::invalid_argument);
  CHECK_NOTHROW(LevelSet({0.0f, 0.0f, 1.0f}));
}

TEST_CASE("brackets, nearest levels and variances of uniform and of given levels", "[levels]") {
  const LevelSet uniform = LevelSet::uniform(-1.0f, 1.0f, 5), given({-1.0f, -0.5f, 0.0f, 0.5f, 1.0f});
  for (const LevelSet* levels : {&uniform, &given}) {
    const auto in = levels->bracket(0.125f);
    CHECK(in.lower == 2);
    CHECK(in.upper_share == 0.25f);
    CHECK(levels->nearest(0.125f) == 2);
    CHECK(levels->nearest(0.25f) == 3);  // a tie goes up
    CHECK(levels->variance(0.125f) == Approx(0.125 * 0.375));
    CHECK(levels->variance(0.5f) == 0.0);
    CHECK(levels->bracket(7.0f).lower == 3);
    CHECK(levels->bracket(7.0f).upper_share == 1.0f);
    CHECK(levels->bracket(-7.0f).lower == 0);
    CHECK(levels->bracket(-7.0f).upper_share == 0.0f);
    CHECK(levels->nearest(-7.0f) == 0);
  }
}

TEST_CASE("uniform levels span the largest magnitude; 2^b levels, or one fewer around 0", "[levels]") {
  const auto& family = level_strategies().family();
  const std::vector<float> values = {-2.0f, 0.5f, 1.0f};
  const auto column = choose(family, "uniform");
  const LevelSet rise = level_strategies()["uniform"](column.parameters)->levels(values, 8);
  CHECK(rise.size() == 8);
  CHECK(rise.low() == -2.0f);
  CHECK(rise.high() == Approx(2.0f).epsilon(1e-6));
  CHECK_FALSE(level_strategies()["uniform"](column.parameters)->scales_rows());
  const auto row =
      choose(family, "uniform", {{"scaling", std::string("row")}, {"grid", std::string("mid-tread")}});
  const auto strategy = level_strategies()["uniform"](row.parameters);
  CHECK(strategy->scales_rows());
  const LevelSet tread = strategy->levels({}, 8);
  CHECK(tread.size() == 7);
  CHECK(tread.values()[3] == 0.0f);
  CHECK_THROWS_AS(strategy->levels({}, 2), std::invalid_argument);
}

Matrix make_matrix(std::size_t rows, std::size_t cols) {
  Matrix matrix(rows, cols);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c) {
      matrix(r, c) = static_cast<float>(draw_normal({11, Stream::generate_features, 0}, r * cols + c, 0));
    }
  }
  for (std::size_t r = 0; r < rows; ++r) matrix(r, cols - 1) = 1.0f;  // an intercept column
  return matrix;
}

std::unique_ptr<LevelStrategy> uniform_strategy(const char* scaling) {
  return level_strategies()["uniform"](
      choose(level_strategies().family(), "uniform", {{"scaling", std::string(scaling)}}).parameters);
}

TEST_CASE("packed samples decode to what rounding one value at a time gives", "[quantize]") {
  const Matrix matrix = make_matrix(70, 37);
  const auto strategy = uniform_strategy("column");
  const DrawAddress address{5, Stream::sample_rounding, 2};
  QuantizeScratch scratch;
  for (const int bits : {1, 3, 4, 8, 16}) {
    for (const int draws : {1, 2, 4}) {
      QuantizedSamples samples(matrix, *strategy, 1 << bits, draws, 2);
      samples.quantize(Rounding::stochastic, address, 2);
      std::vector<float> decoded(37);
      for (std::size_t r = 0; r < matrix.rows(); ++r) {
        for (int d = 0; d < draws; ++d) {
          samples.decode(r, d, decoded.data(), scratch);
          for (std::size_t c = 0; c < 37; ++c) {
            const LevelSet& levels = samples.levels().column(c);
            const std::uint32_t code = round_to_level(Rounding::stochastic, matrix(r, c), levels, address,
                                                      r * matrix.stride() + c, static_cast<std::uint32_t>(d));
            REQUIRE(decoded[c] == levels.values()[code]);
          }
        }
      }
    }
  }
}

TEST_CASE("nearest rounding, row scaling and pairs of draws", "[quantize]") {
  const Matrix matrix = make_matrix(70, 37);
  QuantizeScratch scratch;
  std::vector<float> first(37), second(37), again(37);

  QuantizedSamples nearest(matrix, *uniform_strategy("column"), 256, 1, 1);
  nearest.quantize(Rounding::nearest, {}, 1);
  nearest.decode(3, 0, first.data(), scratch);
  for (std::size_t c = 0; c < 37; ++c) {
    CHECK(std::fabs(first[c] - matrix(3, c)) <= nearest.levels().column(c).step() * 0.5001f);
  }
  QuantizedSamples two_nearest(matrix, *uniform_strategy("column"), 256, 2, 1);
  CHECK_THROWS_AS(two_nearest.quantize(Rounding::nearest, {}, 1), std::logic_error);

  QuantizedSamples rows(matrix, *uniform_strategy("row"), 256, 2, 1);
  rows.quantize(Rounding::stochastic, {1, Stream::sample_rounding, 1}, 1);
  rows.decode_pair(7, first.data(), second.data(), scratch);
  float norm = 0.0f;
  for (std::size_t c = 0; c < 37; ++c) norm += matrix(7, c) * matrix(7, c);
  norm = std::sqrt(norm);
  bool differ = false;
  for (std::size_t c = 0; c < 37; ++c) {
    CHECK(std::fabs(first[c] - matrix(7, c)) <= norm * 2.01f / 255.0f);
    differ = differ || first[c] != second[c];
  }
  CHECK(differ);
  rows.decode(7, 1, again.data(), scratch);
  CHECK(again == second);
  CHECK(rows.bytes_per_row() >= 37 * 10.0 / 8.0 + 4.0);
}

TEST_CASE("a column of ones keeps its value at every width", "[quantize]") {
  const Matrix matrix = make_matrix(10, 5);
  QuantizeScratch scratch;
  std::vector<float> decoded(5);
  for (int bits = 1; bits <= 16; ++bits) {
    QuantizedSamples samples(matrix, *uniform_strategy("column"), 1 << bits, 2, 1);
    samples.quantize(Rounding::stochastic, {3, Stream::sample_rounding, 1}, 1);
    for (std::size_t r = 0; r < 10; ++r) {
      samples.decode(r, 1, decoded.data(), scratch);
      REQUIRE(decoded[4] == Approx(1.0f).epsilon(1e-6));
    }
  }
}

TEST_CASE("codes do not depend on the number of threads", "[quantize]") {
  const Matrix matrix = make_matrix(3000, 33);
  QuantizeScratch scratch;
  QuantizedSamples one(matrix, *uniform_strategy("column"), 8, 2, 1);
  one.quantize(Rounding::stochastic, {3, Stream::sample_rounding, 1}, 1);
  for (const int threads : {2, 3, 8}) {
    QuantizedSamples many(matrix, *uniform_strategy("column"), 8, 2, threads);
    many.quantize(Rounding::stochastic, {3, Stream::sample_rounding, 1}, threads);
    std::vector<float> a(33), b(33), c(33), d(33);
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      one.decode_pair(r, a.data(), b.data(), scratch);
      many.decode_pair(r, c.data(), d.data(), scratch);
      REQUIRE(a == c);
      REQUIRE(b == d);
    }
  }
}

TEST_CASE("an index finds the intervals that the level set finds", "[quantize]") {
  std::vector<float> crowded(40), few = {-1.0f, 0.0f, 2.0f}, many(300), equal(20, 1.0f);
  for (std::size_t i = 0; i < crowded.size(); ++i) crowded[i] = static_cast<float>(i / 3) * 1e-6f;
  crowded.back() = 100.0f;
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i] = static_cast<float>(draw_normal({8, Stream::generate_features, 0}, i, 0));
  std::sort(many.begin(), many.end());
  const float huge = std::numeric_limits<float>::max();
  std::vector<float> wide(12, 0.0f);
  wide.front() = -huge;
  wide.back() = huge;
  const LevelSet sets[] = {LevelSet(crowded), LevelSet(few),  LevelSet(many),
                           LevelSet(equal),   LevelSet(wide), LevelSet::uniform(-1.0f, 2.0f, 100)};
  for (const LevelSet& levels : sets) {
    const LevelIndex index(levels);
    std::vector<float> values(levels.values().begin(), levels.values().end());
    for (const float level : levels.values()) {
      values.push_back(std::nextafter(level, -huge));
      values.push_back(std::nextafter(level, huge));
    }
    for (std::size_t i = 0; i < 2000; ++i)
      values.push_back(2.0f * static_cast<float>(draw_normal({9, Stream::generate_features, 0}, i, 0)));
    values.insert(values.end(), {-huge, huge, 0.0f, -0.0f});
    std::size_t wrong = 0;
    for (const float v : values) {
      const LevelSet::Bracket found = index.bracket(v), expected = levels.bracket(v);
      wrong += found.lower != expected.lower || found.upper_share != expected.upper_share ||
               index.nearest(v) != levels.nearest(v);
    }
    INFO(levels.size() << " levels up to " << levels.high());
    CHECK(wrong == 0);
  }
}

TEST_CASE("levels that are not uniform go through tables", "[quantize]") {
  const Matrix matrix = make_matrix(10, 2);
  const ColumnLevels levels({LevelSet({-4.0f, -1.0f, 0.5f, 4.0f}), LevelSet({0.0f, 1.0f, 2.0f, 3.0f})});
  std::vector<std::uint16_t> base(2);
  std::vector<float> share(2), out(2);
  const std::vector<float> values = {-0.25f, 1.0f};
  levels.bracket(values.data(), base.data(), share.data());
  CHECK(base == std::vector<std::uint16_t>{1, 1});
  CHECK(share == std::vector<float>{0.5f, 0.0f});
  levels.nearest(values.data(), base.data());
  CHECK(base == std::vector<std::uint16_t>{2, 1});
  levels.decode(base.data(), out.data());
  CHECK(out == std::vector<float>{0.5f, 1.0f});
  CHECK_THROWS_AS(ColumnLevels({LevelSet({0.0f, 1.0f}), LevelSet({0.0f, 1.0f, 2.0f})}), std::logic_error);
}

}  // namespace
}  // namespace zipml
