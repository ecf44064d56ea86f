#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "tests/robustness/sweep_folder.h"

namespace zipml::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kKills = 50, kRows = 6000;
constexpr std::uint32_t kSeed = 20161105;

TEST_CASE("fifty kill -9 at random moments lose nothing", "[robustness][kill]") {
  const TemporaryFolder folder;
  const auto start = Clock::now();
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken", {}, kRows)).exit_code == 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
  std::mt19937 bits(kSeed);
  int kills = 0, sweeps = 0, with_results = 0, with_parts = 0;
  // A sweep that was finished is begun anew, until there were enough kills; the bound is for a broken
  // program.
  for (int round = 0; kills < kKills && round < 20 * kKills; ++round) {
    const std::string out = "killed-" + std::to_string(sweeps);
    const int before = count_results(folder / out);
    Process process(zipml_command(sweep_arguments(folder, out, {"--jobs", "2"}, kRows)));
    std::this_thread::sleep_for(
        std::chrono::microseconds(bits() % (static_cast<std::uint32_t>(whole) / 2 + 1)));
    process.send(SIGKILL);
    const ProcessResult ended = process.wait();
    require_whole(folder / out);
    REQUIRE(count_results(folder / out) >= before);
    if (ended.signal == SIGKILL) {
      ++kills;
      with_results += count_results(folder / out) > 0;
      with_parts += count_parts(folder / out) > 0;
    }
    if (ended.signal != SIGKILL || kills == kKills) {
      const ProcessResult last = run_zipml(sweep_arguments(folder, out, {"--jobs", "2"}, kRows));
      INFO(last.err);
      REQUIRE(last.exit_code == 0);
      REQUIRE(count_results(folder / out) == kSweepRuns);
      REQUIRE(count_parts(folder / out) == 0);
      require_same(folder / "unbroken", folder / out);
      ++sweeps;
    }
  }
  WARN(kills << " kills in " << sweeps << " sweeps, " << with_results << " with results there, " << with_parts
             << " within the writing of one");
  REQUIRE(kills == kKills);
  // Kills before the first result alone would show nothing.
  REQUIRE(with_results >= kKills / 2);
}

TEST_CASE("a program killed at any step of writing a result leaves whole results only",
          "[robustness][kill]") {
  if (kSanitized) {
    WARN("skipped: no library can be loaded before a sanitizer's");
    return;
  }
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken")).exit_code == 0);
  int killed = 0;
  for (const char* step : {"open:", "write:", "write half:", "fsync:", "close:", "rename:"}) {
    for (const int at : {0, 1, 7}) {  // the tuning, the first result, a later one
      const std::string name(step), call = name.substr(0, name.find_first_of(" :"));
      const std::string what = name == "write half:" ? "half" : "kill";
      const std::string out = "out-" + what + call + std::to_string(at);
      const auto arguments = sweep_arguments(folder, out, {"--jobs", "1", "--threads", "1"});
      const ProcessResult ended =
          run_zipml(arguments, with_fault(call + ":" + std::to_string(at) + ":" + what));
      INFO(out << ": " << ended.err);
      REQUIRE(ended.signal == SIGKILL);
      ++killed;
      REQUIRE(count_results(folder / out) == std::max(0, at - 1));
      REQUIRE(count_parts(folder / out) == (call == "open" ? 0 : 1));
      require_whole(folder / out);
      REQUIRE(run_zipml(arguments).exit_code == 0);
      REQUIRE(count_parts(folder / out) == 0);
      require_same(folder / "unbroken", folder / out);
    }
  }
  REQUIRE(killed == 18);
}

}  // namespace
}  // namespace zipml::testing
