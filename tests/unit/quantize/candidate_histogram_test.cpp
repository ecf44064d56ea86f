#include "engine/quantize/candidate_histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <span>
#include <string>

#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/quantize/reference_levels.h"
#include "tests/unit/quantize/find_levels.h"

namespace zipml {
namespace {

using testing::strategy_of;
using Values = std::vector<float>;

Values lognormal(std::size_t n) {
  Values values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = static_cast<float>(portable_exp(draw_normal({2, Stream::generate_features, 0}, i, 0)));
  }
  return values;
}

CandidateHistogram grid_over(const Values& values, int bins, std::optional<std::uint64_t> seed = {}) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return CandidateHistogram::on_grid(*low, *high, bins, seed);
}

TEST_CASE("shares by hand", "[levels][histogram]") {
  CandidateHistogram histogram({0.0f, 1.0f, 4.0f});
  histogram.add(Values{0.25f, 1.0f, 3.25f, 4.0f, 0.0f}, 0);
  CHECK(histogram.points().weight == std::vector<double>{1.75, 0.25 + 1 + 0.25, 0.75 + 1});
  CandidateHistogram grid = CandidateHistogram::on_grid(0.0f, 4.0f, 4);
  grid.add(Values{0.25f, 1.0f, 3.25f, 4.0f, 0.0f}, 0);
  CHECK(grid.points().x == Values{0, 1, 2, 3, 4});
  CHECK(grid.points().weight == std::vector<double>{1.75, 1.25, 0, 0.75, 1.25});
  CandidateHistogram one({3.0f});
  one.add(Values{3.0f, 3.0f}, 0);
  CHECK(one.points().weight == std::vector<double>{2.0});
  const float next = std::nextafter(1.0f, 2.0f);
  CandidateHistogram narrow = CandidateHistogram::on_grid(1.0f, next, 100);
  narrow.add(Values{1.0f, next, next}, 0);
  CHECK(narrow.points().x == Values{1.0f, next});
  CHECK(narrow.points().weight == std::vector<double>{1.0, 2.0});
}

TEST_CASE("a histogram of parts is that of the whole, bit for bit", "[levels][histogram]") {
  const Values values = lognormal(10007);
  for (const std::optional<std::uint64_t> seed :
       {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(5)}) {
    CandidateHistogram whole = grid_over(values, 300, seed);
    whole.add(values, 0);
    for (const std::size_t part : {std::size_t{1}, std::size_t{7}, std::size_t{1024}, std::size_t{5000}}) {
      CandidateHistogram chunks = grid_over(values, 300, seed), merged = grid_over(values, 300, seed);
      for (std::size_t first = 0; first < values.size(); first += part) {
        const auto chunk = std::span(values).subspan(first, std::min(part, values.size() - first));
        chunks.add(chunk, first);
        CandidateHistogram own = grid_over(values, 300, seed);
        own.add(chunk, first);
        if (part > 100) merged.merge(own);
      }
      CHECK(chunks.points().weight == whole.points().weight);
      if (part > 100) CHECK(merged.points().weight == whole.points().weight);
    }
    Values backwards(values.rbegin(), values.rend());
    CandidateHistogram reversed = grid_over(values, 300, seed);
    reversed.add(backwards, 0);
    CHECK((reversed.points().weight == whole.points().weight) == !seed.has_value());  // draws have addresses
  }
  CandidateHistogram other = grid_over(values, 200);
  CHECK_THROWS_AS(other.merge(grid_over(values, 300)), std::logic_error);
}

TEST_CASE("drawn buckets have the right mean", "[levels][histogram]") {
  const Values values = lognormal(400);
  CandidateHistogram exact = grid_over(values, 10);
  exact.add(values, 0);
  const std::vector<double> expected = exact.points().weight;
  constexpr std::uint64_t kSeeds = 2000;
  std::vector<double> mean(expected.size());
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    CandidateHistogram drawn = grid_over(values, 10, seed);
    drawn.add(values, 0);
    const std::vector<double> weight = drawn.points().weight;
    double sum = 0.0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      sum += weight[i];
      mean[i] += weight[i] / static_cast<double>(kSeeds);
    }
    REQUIRE(sum == 400.0);
  }
  double worst = 0.0, worst_of_neighbours = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    // A weight's variance is at most a quarter a value of the two bins around it, all of them: 100; over the
    // seeds .05. Six of its deviations, for 11 means: false alarm below 1e-7.
    const double limit = 6.0 * std::sqrt(100.0 / static_cast<double>(kSeeds));
    worst = std::max(worst, std::fabs(mean[i] - expected[i]) / limit);
    const double shifted = expected[(i + 1) % expected.size()];
    worst_of_neighbours = std::max(worst_of_neighbours, std::fabs(mean[i] - shifted) / limit);
  }
  CHECK(worst < 1.0);
  CHECK(worst_of_neighbours > 1.0);  // the check sees an error of one bin
}

TEST_CASE("streamed levels are those of all values at once", "[levels][histogram]") {
  const Values values = lognormal(5003);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  int streamed = 0;
  for (const char* kind : {"uniform", "log", "xnor", "optimal_histogram", "optimal_candidates", "optimal",
                           "kmeans", "quantile", "adaquant"}) {
    const auto strategy = strategy_of(kind);
    const auto stream = strategy->stream(*low, *high);
    if (!stream) continue;
    ++streamed;
    for (std::size_t first = 0; first < values.size(); first += 600) {
      stream->add(std::span(values).subspan(first, std::min<std::size_t>(600, values.size() - first)));
    }
    const LevelSet a = stream->levels(8), b = strategy->levels(values, 8);
    INFO(kind);
    CHECK(std::equal(a.values().begin(), a.values().end(), b.values().begin(), b.values().end()));
  }
  CHECK(streamed == 5);
}

TEST_CASE("stochastic bucketing is near the optimum and depends on its seed", "[levels][histogram]") {
  const Values values = lognormal(20000);
  const auto variance = [&](const std::string& kind,
                            std::vector<std::pair<std::string, ParameterValue>> given) {
    return total_variance(values, strategy_of(kind, std::move(given))->levels(values, 16).values());
  };
  const double best = variance("optimal", {});
  const auto drawn = [&](std::int64_t seed) {
    return variance("optimal_histogram", {{"bucketing", std::string("stochastic")}, {"seed", seed}});
  };
  CHECK(drawn(1) >= best);
  CHECK(drawn(1) < 1.01 * best);
  CHECK(drawn(1) == drawn(1));
  CHECK(drawn(1) != drawn(2));
}

}  // namespace
}  // namespace zipml
