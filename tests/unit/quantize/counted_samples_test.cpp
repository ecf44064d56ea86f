#include "engine/quantize/counted_samples.h"

#include <bit>
#include <catch2/catch.hpp>
#include <map>

#include "engine/quantize/arrangements.h"
#include "engine/quantize/interval_samples.h"

namespace zipml {
namespace {

Matrix some_samples(std::size_t rows, std::size_t cols) {
  Matrix matrix(rows, cols);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c) {
      matrix(r, c) = static_cast<float>(draw_normal({5, Stream::generate_features, 0}, r * cols + c, 0));
    }
  }
  return matrix;
}

std::unique_ptr<LevelStrategy> strategy(const char* kind, const char* scaling = nullptr) {
  std::vector<std::pair<std::string, ParameterValue>> given;
  if (scaling) given.push_back({"scaling", std::string(scaling)});
  return level_strategies()[kind](choose(level_strategies().family(), kind, given).parameters);
}

TEST_CASE("an arrangement has the number of ones it was asked for, and every place its share", "[counted]") {
  for (const int draws : {1, 2, 5, 16, 17, 32}) {
    const Arrangements arrangements(draws);
    for (int count = 0; count <= draws; ++count) {
      constexpr int kTrials = 4000;
      std::vector<int> ones(static_cast<std::size_t>(draws));
      for (std::uint64_t i = 0; i < kTrials; ++i) {
        std::array<std::uint32_t, Arrangements::kWords> words{};
        for (std::uint32_t w = 0; w < Arrangements::kWords; ++w)
          words[w] = draw_bits({3, Stream::bootstrap, 0}, i, w);
        const std::uint32_t mask = arrangements.mask(count, words);
        REQUIRE(std::popcount(mask) == count);
        if (draws < 32) REQUIRE(mask >> draws == 0);
        for (int j = 0; j < draws; ++j) ones[static_cast<std::size_t>(j)] += (mask >> j) & 1u;
      }
      const double share = static_cast<double>(count) / draws;
      // Six standard deviations of a share of kTrials trials; fixed seed.
      const double room = 6.0 * std::sqrt(share * (1.0 - share) / kTrials) + 1e-12;
      for (const int n : ones) CHECK(std::fabs(static_cast<double>(n) / kTrials - share) <= room);
    }
    const std::array<std::uint32_t, Arrangements::kWords> most{~0u, ~0u, ~0u};
    for (int count = 0; count <= draws; ++count)
      CHECK(std::popcount(arrangements.mask(count, most)) == count);
  }
  CHECK_THROWS_AS(Arrangements(0), std::logic_error);
  CHECK_THROWS_AS(Arrangements(33), std::logic_error);
}

TEST_CASE("all arrangements of a count are equally frequent", "[counted]") {
  const Arrangements arrangements(5);
  std::map<std::uint32_t, int> seen;
  constexpr int kTrials = 20000;
  for (std::uint64_t i = 0; i < kTrials; ++i)
    ++seen[arrangements.mask(2, {draw_bits({3, Stream::bootstrap, 1}, i, 0), 0, 0})];
  CHECK(seen.size() == 10);
  for (const auto& [mask, n] : seen) CHECK(std::fabs(n - kTrials / 10.0) < 6.0 * std::sqrt(kTrials * 0.09));
}

TEST_CASE("16 draws on 16 levels take 8 bits, as the paper says", "[counted]") {
  CHECK(CountedSamples::stored_bits(16, 16) == 8);
  CHECK(CountedSamples::stored_bits(16, 8) == 7);
  CHECK(CountedSamples::stored_bits(256, 1) == 8);
  CHECK(CountedSamples::stored_bits(2, 16) == 5);
  CHECK(CountedSamples::stored_bits(2048, 32) == 16);
  const Matrix samples = some_samples(10, 500);
  CHECK(CountedSamples(samples, *strategy("uniform"), 16, 16, 1).bytes_per_row() ==
        Approx(500).epsilon(0.03));
}

TEST_CASE("draws lie in the value's interval, and are those whose sum was stored", "[counted]") {
  const Matrix samples = some_samples(70, 11);
  for (const char* kind : {"uniform", "optimal"}) {
    for (const int draws : {1, 2, 3, 16, 32}) {
      CountedSamples counted(samples, *strategy(kind), 7, draws, 1);
      const Generator generator = draws % 2 == 1 ? Generator::aes : Generator::philox;
      counted.quantize(4, 2, 2, generator);
      QuantizedSamples separate(samples, *strategy(kind), 7, draws, 1);
      separate.quantize(Rounding::stochastic, {4, Stream::sample_rounding, 2, generator}, 1);
      QuantizeScratch scratch;
      std::vector<float> all(16 * static_cast<std::size_t>(draws), -77.0f), one(16);
      for (std::size_t r = 0; r < samples.rows(); ++r) {
        counted.decode(r, 16, all.data(), scratch);
        for (std::size_t c = 0; c < samples.cols(); ++c) {
          double sum = 0.0, expected = 0.0;
          const auto in = counted.levels().column(c).bracket(samples(r, c));
          for (int j = 0; j < draws; ++j) {
            const float v = all[static_cast<std::size_t>(j) * 16 + c];
            sum += static_cast<double>(v);
            separate.decode(r, j, one.data(), scratch);
            expected += static_cast<double>(one[c]);
            const auto levels = counted.levels().column(c).values();
            REQUIRE((v == levels[in.lower] || v == levels[in.lower + 1]));
          }
          // The number of upper choices is that of draws stored one by one.
          REQUIRE(sum == Approx(expected).epsilon(1e-6).margin(1e-6));
        }
        REQUIRE(all[11] == -77.0f);  // beyond the columns nothing is written
      }
    }
  }
}

TEST_CASE("row scaling multiplies the draws by the row's norm", "[counted]") {
  const Matrix samples = some_samples(3, 20);
  CountedSamples counted(samples, *strategy("uniform", "row"), 1025, 4, 1);
  counted.quantize(1, 1, 1);
  QuantizeScratch scratch;
  std::vector<float> all(4 * 32);
  counted.decode(2, 32, all.data(), scratch);
  for (std::size_t c = 0; c < 20; ++c) CHECK(all[c] == Approx(samples(2, c)).margin(0.02));
}

TEST_CASE("intervals hold the value, and the draw is one of their ends", "[interval]") {
  const Matrix samples = some_samples(130, 9);
  for (const char* kind : {"uniform", "optimal"}) {
    IntervalSamples intervals(samples, *strategy(kind), 8, 1);
    intervals.quantize({2, Stream::sample_rounding, 3}, 2);
    QuantizedSamples draws(samples, *strategy(kind), 8, 1, 1);
    draws.quantize(Rounding::stochastic, {2, Stream::sample_rounding, 3}, 1);
    QuantizeScratch scratch;
    std::vector<float> drawn(16), middle(16), half(16), same(16);
    for (std::size_t r = 0; r < samples.rows(); ++r) {
      intervals.decode(r, drawn.data(), middle.data(), half.data(), scratch);
      draws.decode(r, 0, same.data(), scratch);
      for (std::size_t c = 0; c < samples.cols(); ++c) {
        REQUIRE(drawn[c] == Approx(same[c]).margin(1e-6));
        REQUIRE(std::fabs(samples(r, c) - middle[c]) <= half[c] + 1e-5f);
        REQUIRE(std::fabs(drawn[c] - middle[c]) == Approx(half[c]).margin(1e-5));
      }
    }
    CHECK(intervals.bytes_per_row() >= 9 * 4 / 8.0);
    CHECK(intervals.bytes_per_row() <= 9 * 4 / 8.0 * 1.12);
  }
  CHECK_THROWS_AS(IntervalSamples(samples, *strategy("uniform", "row"), 8, 1), std::logic_error);
}

}  // namespace
}  // namespace zipml
