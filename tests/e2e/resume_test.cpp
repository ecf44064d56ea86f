#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

#include "experiments/results/folder_compare.h"
#include "tests/e2e/sweep_config.h"

namespace zipml::testing {
namespace {

using Lines = std::vector<std::string>;

constexpr int kRows = 4000;

/// Waits until so many results are there, or the program has ended.
void wait_for_results(Process& process, const std::filesystem::path& out, int count) {
  while (count_results(out) < count && !process.has_ended()) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void require_goes_on(const TemporaryFolder& folder, const std::string& out) {
  const int before = count_results(folder / out);
  const ProcessResult resumed = run_zipml(sweep_arguments(folder, out, {"--jobs", "2"}, kRows));
  INFO(resumed.err);
  REQUIRE(resumed.exit_code == 0);
  REQUIRE_THAT(resumed.err, Catch::Contains(std::to_string(kSweepRuns - before) + " done, " +
                                            std::to_string(before) + " skipped, 0 diverged, 0 failed"));
  REQUIRE(result_folder_differences(folder / "unbroken", folder / out) == Lines{});
}

TEST_CASE("a sweep killed at any moment goes on and ends as an unbroken one", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken", {}, kRows)).exit_code == 0);
  int killed = 0;
  for (int point = 0; point < 8; ++point) {
    const std::string out = "killed-" + std::to_string(point);
    Process process(zipml_command(sweep_arguments(folder, out, {"--jobs", "2"}, kRows)));
    // Every second point is moved off the moment at which a result appears.
    wait_for_results(process, folder / out, point / 2 * 3);
    std::this_thread::sleep_for(std::chrono::milliseconds(point % 2 * 7));
    process.send(SIGKILL);
    killed += process.wait().signal == SIGKILL;
    const std::filesystem::path results = folder / out;
    if (count_results(results) > 0) {
      for (const auto& file : find_results(results)) REQUIRE(read_result(file).problem == "");
    }
    require_goes_on(folder, out);
    REQUIRE(count_parts(results) == 0);
  }
  REQUIRE(killed >= 4);
}

TEST_CASE("an interrupted sweep says how to go on and leaves nothing half-written", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken", {}, kRows)).exit_code == 0);
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = "signal-" + std::to_string(signal);
    Process process(zipml_command(sweep_arguments(folder, out, {"--jobs", "1"}, kRows)));
    wait_for_results(process, folder / out, 2);
    process.send(signal);
    const ProcessResult ended = process.wait();
    INFO(ended.err);
    REQUIRE(ended.exit_code == 128 + signal);
    REQUIRE_THAT(ended.err, Catch::Contains("stopping after the current epoch") &&
                                Catch::Contains("the same command goes on where this one stopped"));
    REQUIRE(count_results(folder / out) >= 2);
    REQUIRE(count_parts(folder / out) == 0);
    require_goes_on(folder, out);
  }
}

TEST_CASE("two programs on one sweep do not disturb each other", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken", {}, kRows)).exit_code == 0);
  Process first(zipml_command(sweep_arguments(folder, "shared", {"--jobs", "2"}, kRows)));
  Process second(zipml_command(sweep_arguments(folder, "shared", {"--jobs", "2"}, kRows)));
  REQUIRE(first.wait().exit_code == 0);
  REQUIRE(second.wait().exit_code == 0);
  REQUIRE(count_parts(folder / "shared") == 0);
  REQUIRE(result_folder_differences(folder / "unbroken", folder / "shared") == Lines{});
}

TEST_CASE("six programs on one sweep end as one does, even if one of them is killed", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken", {}, kRows)).exit_code == 0);
  constexpr int kPrograms = 6;
  std::vector<std::unique_ptr<Process>> programs;
  for (int i = 0; i < kPrograms; ++i) {
    // Half of them have a shard of their own, half of them all of it.
    std::vector<std::string> extra = {"--jobs", "1", "--threads", "1"};
    if (i % 2 == 0) extra.insert(extra.end(), {"--shard", std::to_string(i / 2 + 1) + "/3"});
    programs.push_back(
        std::make_unique<Process>(zipml_command(sweep_arguments(folder, "shared", extra, kRows))));
  }
  wait_for_results(*programs[1], folder / "shared", 2);
  programs[1]->send(SIGKILL);
  for (int i = 0; i < kPrograms; ++i) {
    const ProcessResult ended = programs[static_cast<std::size_t>(i)]->wait();
    INFO(ended.err);
    REQUIRE((ended.exit_code == 0 || i == 1));
  }
  // The killed one may have left a part, which the next program that writes there takes away.
  std::filesystem::remove(find_results(folder / "shared").front());
  require_goes_on(folder, "shared");
  REQUIRE(count_parts(folder / "shared") == 0);
}

TEST_CASE("damaged results are named and renewed", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken", {}, kRows)).exit_code == 0);
  REQUIRE(run_zipml(sweep_arguments(folder, "damaged", {}, kRows)).exit_code == 0);
  const std::vector<std::filesystem::path> files = find_results(folder / "damaged");
  const std::string whole = read_text(files[1]);
  std::string changed = whole;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 4);
  write_text(files[0], "");
  write_text(files[1], changed);
  write_text(files[2], whole.substr(0, whole.size() / 3));
  const ProcessResult run = run_zipml(sweep_arguments(folder, "damaged", {}, kRows));
  REQUIRE(run.exit_code == 0);
  REQUIRE_THAT(run.err, Catch::Contains(files[0].string() + ": the file is empty; running again") &&
                            Catch::Contains(files[1].string() + ": damaged") &&
                            Catch::Contains(files[2].string() + ": truncated") &&
                            Catch::Contains("3 done, 9 skipped"));
  REQUIRE(result_folder_differences(folder / "unbroken", folder / "damaged") == Lines{});
}

}  // namespace
}  // namespace zipml::testing
