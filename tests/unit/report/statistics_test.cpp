#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "engine/core/random.h"
#include "experiments/report/statistics.h"

namespace zipml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("the median is the middle value") {
  REQUIRE(median({3.0, 1.0, 2.0}) == 2.0);
  REQUIRE(median({4.0, 1.0, 2.0, 3.0}) == 2.5);
  REQUIRE(median({7.0}) == 7.0);
  REQUIRE(std::isnan(median({})));
}

TEST_CASE("infinite values take part in the median and NaN spoils it") {
  REQUIRE(median({1.0, kInfinity, 2.0}) == 2.0);
  REQUIRE(median({kInfinity, kInfinity, 2.0}) == kInfinity);
  REQUIRE(median({1.0, kInfinity}) == kInfinity);
  REQUIRE(median({kInfinity, kInfinity}) == kInfinity);
  REQUIRE(std::isnan(median({1.0, kNan, 2.0})));
  REQUIRE(std::isnan(median_interval({1.0, kNan}).low));
}

TEST_CASE("with up to five seeds the interval is their range") {
  // P(median of a resample = least value) = P(at least 3 of 5 draws are it) = 5.8%, more than the 2.5% of a
  // tail.
  for (const std::vector<double>& values :
       {std::vector{5.0}, {2.0, 9.0}, {3.0, 1.0, 2.0}, {4.0, 1.0, 3.0, 2.0}, {5.0, 1.0, 4.0, 2.0, 3.0}}) {
    const Interval interval = median_interval(values);
    REQUIRE(interval.low == *std::min_element(values.begin(), values.end()));
    REQUIRE(interval.high == *std::max_element(values.begin(), values.end()));
    REQUIRE(interval.value == median(values));
  }
  REQUIRE(range_coverage(3) == 0.75);
  REQUIRE(range_coverage(5) == 0.9375);
}

TEST_CASE("with 7 seeds the interval leaves the extremes out") {
  // P(median of 7 draws <= 2nd of 7 values) = P(Binomial(7, 2/7) >= 4) = 8.9%, and 1.1% for the 1st: so 2nd
  // to 6th.
  const Interval interval = median_interval({7.0, 1.0, 2.0, 6.0, 3.0, 5.0, 4.0});
  REQUIRE(interval.low == 2.0);
  REQUIRE(interval.high == 6.0);
}

TEST_CASE("the same values always give the same interval") {
  const std::vector<double> values = {0.3, 0.1, 0.7, 0.2, 0.9, 0.4, 0.8, 0.5};
  const Interval first = median_interval(values), second = median_interval(values);
  REQUIRE(first.low == second.low);
  REQUIRE(first.high == second.high);
}

TEST_CASE("intervals cover the true median about as often as they say") {
  constexpr int kTrials = 400, kValues = 21;
  int covered = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values;
    const DrawAddress address{77, Stream::generate_features, static_cast<std::uint32_t>(trial)};
    for (std::uint64_t i = 0; i < kValues; ++i) values.push_back(draw_normal(address, i, 0));
    const Interval interval = median_interval(values);
    if (interval.low <= 0.0 && 0.0 <= interval.high) ++covered;
  }
  // The percentile bootstrap of a median covers 93 to 97% here; 400 trials have a standard deviation of 1.1%.
  REQUIRE(covered > 0.90 * kTrials);
  REQUIRE(covered < 0.99 * kTrials);
}

TEST_CASE("a verdict needs the whole interval on one side") {
  REQUIRE(judge({1.5, 1.1, 2.0}, at_least(1.0)) == Verdict::holds);
  REQUIRE(judge({0.5, 0.1, 0.9}, at_least(1.0)) == Verdict::fails);
  REQUIRE(judge({1.5, 0.9, 2.0}, at_least(1.0)) == Verdict::undecided);
  REQUIRE(judge({0.5, -1.0, 1.0}, at_most(1.0)) == Verdict::holds);
  REQUIRE(judge({kInfinity, 2.0, kInfinity}, at_most(1.0)) == Verdict::fails);
  REQUIRE(judge({0.5, 0.0, kInfinity}, at_most(1.0)) == Verdict::undecided);
  REQUIRE(judge({7.0, 4.0, 9.0}, {3.5, 14.0}) == Verdict::holds);
  REQUIRE(judge({20.0, 15.0, 30.0}, {3.5, 14.0}) == Verdict::fails);
  REQUIRE(judge({2.0, 1.0, 3.0}, {3.5, 14.0}) == Verdict::fails);
  REQUIRE(judge({7.0, 3.0, 9.0}, {3.5, 14.0}) == Verdict::undecided);
  REQUIRE(judge({7.0, 3.0, 20.0}, {3.5, 14.0}) == Verdict::undecided);
  REQUIRE(judge({kNan, kNan, kNan}, at_most(1.0)) == Verdict::undecided);
}

TEST_CASE("the seeds needed follow the spread and the distance to the threshold") {
  // Standard deviation 1, median 2: ((1.960 + 0.842) * 1.2533 * 1 / 0.5)^2 = 49.3.
  const auto needed = seeds_to_decide({1.0, 2.0, 3.0}, at_least(1.5));
  REQUIRE(needed);
  REQUIRE(needed->count == 50);
  REQUIRE_FALSE(needed->at_least);
  // The nearest end of a region with two ends counts.
  REQUIRE(seeds_to_decide({1.0, 2.0, 3.0}, {1.5, 100.0})->count == 50);
  REQUIRE(seeds_to_decide({1.0, 2.0, 3.0}, {-100.0, 1.5})->count == 50);
  REQUIRE(seeds_for_spread(2.0, 1.0) == Approx(50.0));
  REQUIRE(seeds_for_spread(0.0, 1.0) == 1.0);
}

TEST_CASE("more seeds than can be told are only said to be more") {
  const auto far = seeds_to_decide({1.0, 2.0, 3.0}, at_least(1.9));
  REQUIRE(far->count == kMostSeedsTold + 1);
  REQUIRE(far->at_least);
  const auto on_it = seeds_to_decide({1.0, 2.0, 3.0}, at_least(2.0));
  REQUIRE(on_it->count == kMostSeedsTold + 1);
}

TEST_CASE("an interval that crosses as a range needs more seeds than make a range") {
  // The spread alone would ask for fewer than 3.
  REQUIRE(seeds_to_decide({-0.1, 100.0, 101.0}, at_least(0.0))->count >= kRangeSeeds + 1);
  REQUIRE(seeds_to_decide({-1.0, 100.0, 101.0, 99.0, 100.5, 98.5, 100.1, 99.9}, at_least(0.0))->count >= 3);
  // Two seeds that agree: a third may decide.
  REQUIRE(seeds_to_decide({5.0, 5.1}, at_least(0.0))->count == kLeastSeeds);
  REQUIRE_FALSE(seeds_to_decide({5.0, 5.1}, at_least(0.0))->at_least);
  const auto one = seeds_to_decide({5.0}, at_least(0.0));
  REQUIRE(one->count == kLeastSeeds);
  REQUIRE(one->at_least);
}

TEST_CASE("with infinite values the share beyond the threshold gives the seeds") {
  // ((1.960 + 0.842) / (1 - 2/3))^2 = 70.6
  REQUIRE(seeds_to_decide({0.1, 0.2, kInfinity}, at_most(1.0))->count == 71);
  REQUIRE(seeds_to_decide({0.1, kInfinity, kInfinity}, at_most(1.0))->count == 71);
  const auto even = seeds_to_decide({0.1, 0.2, kInfinity, kInfinity}, at_most(1.0));
  REQUIRE(even->count == kMostSeedsTold + 1);
}

TEST_CASE("where seeds cannot help none are asked for") {
  REQUIRE_FALSE(seeds_to_decide({}, at_least(0.0)));
  REQUIRE_FALSE(seeds_to_decide({1.0, kNan}, at_least(0.0)));
  REQUIRE_FALSE(seeds_to_decide({1.0, 2.0}, {-kInfinity, kInfinity}));
}

}  // namespace
}  // namespace zipml
