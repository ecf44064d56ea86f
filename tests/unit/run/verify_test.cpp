#include "experiments/run/verify.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

namespace zipml {
namespace {

std::vector<PlannedRun> make_plan(unsigned count) {
  std::vector<PlannedRun> plan;
  for (unsigned i = 0; i < count; ++i) {
    RunSpec spec;
    spec.id = "00000000000000" + std::to_string(10 + i);
    spec.measurement.kind = "training";
    spec.training.engine.kind = "synchronous";
    if (i % 4 == 0) spec.network.emplace();
    plan.push_back({spec, i % 4 == 1 ? RunState::missing : RunState::finished, ""});
  }
  return plan;
}

std::set<std::string> ids(const VerifySample& sample) {
  std::set<std::string> found;
  for (const PlannedRun& run : sample.runs) found.insert(run.spec.id);
  return found;
}

TEST_CASE("only finished and reproducible runs are verified, always the same ones", "[run]") {
  std::vector<PlannedRun> plan = make_plan(40);
  const VerifySample sample = choose_sample(plan, 5);
  REQUIRE(sample.finished == 30);
  REQUIRE(sample.left_out == 10);
  REQUIRE(sample.runs.size() == 5);
  for (const PlannedRun& run : sample.runs) {
    REQUIRE(run.state == RunState::finished);
    REQUIRE_FALSE(run.spec.network);
  }
  std::reverse(plan.begin(), plan.end());
  REQUIRE(ids(choose_sample(plan, 5)) == ids(sample));
  REQUIRE(choose_sample(plan, 100).runs.size() == 20);
  REQUIRE(ids(sample) != std::set<std::string>{"0000000000000012", "0000000000000013", "0000000000000016",
                                               "0000000000000017", "0000000000000020"});
}

TEST_CASE("a verification passes only if nothing differs and nothing failed", "[run]") {
  Verification verification;
  verification.equal = 3;
  REQUIRE(verification.exit_code() == 0);
  verification.failed = 1;
  REQUIRE(verification.exit_code() == 1);
  verification.failed = 0;
  verification.differing.push_back({});
  REQUIRE(verification.exit_code() == 1);
}

}  // namespace
}  // namespace zipml
