#include "engine/quantize/level_histogram.h"

#include <catch2/catch.hpp>
#include <numeric>
#include <stdexcept>

using namespace zipml;

namespace {

std::unique_ptr<LevelStrategy> strategy(const char* kind, const char* scaling = nullptr) {
  std::vector<std::pair<std::string, ParameterValue>> given;
  if (scaling) given.push_back({"scaling", std::string(scaling)});
  return level_strategies()[kind](choose(level_strategies().family(), kind, given).parameters);
}

}  // namespace

TEST_CASE("bins of equal width hold every value, the largest in the last", "[histogram]") {
  const std::vector<float> values = {0.0f, 0.9f, 1.0f, 2.5f, 4.0f, 4.0f};
  const LevelHistogram found = level_histogram(values, *strategy("uniform"), 4, 4);
  CHECK(found.edges == std::vector<double>{0.0, 1.0, 2.0, 3.0, 4.0});
  CHECK(found.counts == std::vector<std::uint64_t>{2, 1, 1, 2});
}

TEST_CASE("the mean variance is the mean of (b - x)(x - a)", "[histogram]") {
  // Levels -3, -1, 1, 3: 0 lies in the middle of [-1, 1], 2 in that of [1, 3], 3 on a level.
  const std::vector<float> values = {0.0f, 2.0f, 3.0f, 3.0f};
  const LevelHistogram found = level_histogram(values, *strategy("uniform"), 4, 10);
  CHECK(found.levels == std::vector<float>{-3.0f, -1.0f, 1.0f, 3.0f});
  CHECK(found.mean_variance == Approx((1.0 + 1.0) / 4));
  CHECK(level_histogram(values, *strategy("optimal"), 4, 10).mean_variance == 0.0);
}

TEST_CASE("a constant column has one bin with everything in it", "[histogram]") {
  const LevelHistogram found = level_histogram(std::vector<float>(7, 2.5f), *strategy("optimal"), 4, 3);
  CHECK(found.counts.front() == 7);
  CHECK(std::accumulate(found.counts.begin(), found.counts.end(), std::uint64_t{0}) == 7);
  CHECK(found.mean_variance == 0.0);
}

TEST_CASE("levels of rows are no levels of a column", "[histogram]") {
  CHECK_THROWS_AS(level_histogram(std::vector<float>{1.0f}, *strategy("uniform", "row"), 4, 3),
                  std::invalid_argument);
}
