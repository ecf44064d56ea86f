#include "experiments/run/memory_plan.h"

#include <catch2/catch.hpp>

#include "tests/unit/config/config_samples.h"

namespace zipml {
namespace {

// Runs over `sets` data sets of 10,000 x 16 floats, `seeds` each: 640,000 bytes of features, 40,000 of
// labels.
std::vector<PlannedRun> plan_of(int sets, int seeds) {
  Json config = testing::small_config();
  config["dataset"] = {{"kind", "synthetic"}, {"features", 16}, {"train_rows", 10000}, {"test_rows", 0}};
  config["preprocess"] = {{"intercept", false}};
  config["seeds"] = seeds;
  for (int i = 1; i <= sets; ++i) config["sweep"]["grid"]["/dataset/seed"].push_back(i);
  std::vector<PlannedRun> plan;
  for (const RunSpec& spec : testing::parsed(config).runs) plan.push_back({spec, RunState::missing, {}});
  return plan;
}

constexpr std::uint64_t kData = 680000, kLoading = 2 * 640000 + 40000;

TEST_CASE("runs that share their data need it once", "[memory]") {
  const std::uint64_t own = memory_need(plan_of(1, 1).front().spec).own();
  CHECK(own > 10000 * 16 * 6 / 8);  // 4 bits and two choices a value
  CHECK(most_memory(plan_of(1, 1), false, 1) == std::max(kLoading, kData + own));
  CHECK(most_memory(plan_of(1, 4), false, 4) == std::max(kLoading, kData + 4 * own));
  CHECK(most_memory(plan_of(1, 4), false, 2) == std::max(kLoading, kData + 2 * own));
}

TEST_CASE("data sets side by side need room each, one after the other only once", "[memory]") {
  const std::uint64_t own = memory_need(plan_of(1, 1).front().spec).own();
  CHECK(most_memory(plan_of(3, 1), false, 1) == std::max(kLoading, kData + own));
  CHECK(most_memory(plan_of(3, 1), false, 2) == kData + std::max(kLoading + own, kData + 2 * own));
  CHECK(most_memory(plan_of(3, 2), false, 1) == std::max(kLoading, kData + own));
}

TEST_CASE("finished runs need nothing, unless they are done again", "[memory]") {
  std::vector<PlannedRun> plan = plan_of(2, 1);
  for (PlannedRun& run : plan) run.state = RunState::finished;
  CHECK(most_memory(plan, false, 2) == 0);
  CHECK(most_memory(plan, true, 2) > kData);
}

TEST_CASE("as many jobs fit as there is memory for", "[memory]") {
  const std::vector<PlannedRun> plan = plan_of(5, 1);
  for (int jobs = 1; jobs <= 5; ++jobs) {
    const std::uint64_t need = most_memory(plan, false, jobs);
    CHECK(jobs_within(plan, false, 5, need) == jobs);
    CHECK(jobs_within(plan, false, 5, need - 1) == jobs - 1);
    CHECK(jobs_within(plan, false, jobs, UINT64_MAX) == jobs);
  }
}

}  // namespace
}  // namespace zipml
