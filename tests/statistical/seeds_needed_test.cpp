#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "engine/core/random.h"
#include "experiments/report/statistics.h"

namespace zipml {
namespace {

constexpr int kTrials = 400;

// Share of trials in which `seeds` normal values with this mean and standard deviation are judged to be above
// 0.
double share_decided(std::size_t seeds, double mean, double spread) {
  int decided = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values;
    const DrawAddress address{91, Stream::generate_features, static_cast<std::uint32_t>(trial)};
    for (std::uint64_t i = 0; i < seeds; ++i) values.push_back(mean + spread * draw_normal(address, i, 0));
    decided += judge(median_interval(values), at_least(0.0)) == Verdict::holds;
  }
  return static_cast<double>(decided) / kTrials;
}

TEST_CASE("the estimated number of seeds decides about four times of five", "[statistical]") {
  const auto seeds = static_cast<std::size_t>(seeds_for_spread(1.5, 1.0));
  REQUIRE(seeds == 28);
  // 400 trials of 0.8 have a standard deviation of 0.02; the bootstrap's own approximation moves the mean by
  // a little. False alarms beyond 3.5 of them: fewer than 1 in 2,000 seeds of the generator.
  const double share = share_decided(seeds, 1.0, 1.5);
  REQUIRE(share > 0.73);
  REQUIRE(share < 0.87);
  // The control: half as many seeds must not pass for enough (the normal approximation gives 0.51).
  REQUIRE(share_decided(seeds / 2, 1.0, 1.5) < 0.65);
}

}  // namespace
}  // namespace zipml
