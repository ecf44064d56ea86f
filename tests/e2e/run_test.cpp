#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "experiments/results/folder_compare.h"
#include "tests/e2e/sweep_config.h"

namespace zipml::testing {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("a sweep runs, is exported and is not repeated", "[e2e]") {
  const TemporaryFolder folder;
  const ProcessResult first = run_zipml(sweep_arguments(folder, "out"));
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  REQUIRE(first.out.empty());
  REQUIRE_THAT(first.err, Catch::Contains("12 done, 0 skipped, 0 diverged, 0 failed"));
  REQUIRE(count_results(folder / "out") == kSweepRuns);
  for (const auto& file : find_results(folder / "out")) {
    const ReadOutcome<ResultFile> result = read_result(file);
    REQUIRE(result.problem == "");
    REQUIRE(result.value->trace.size() == 11);
    REQUIRE(result.value->tuning->best == result.value->alpha);
    REQUIRE(result.value->exact_minimum.value() <= result.value->trace.back().train_loss);
    REQUIRE(result.value->dataset_stand_in_for.empty());
    REQUIRE(result.value->weights_original.size() == 11);
  }
  const ProcessResult again = run_zipml(sweep_arguments(folder, "out"));
  REQUIRE_THAT(again.err, Catch::Contains("0 done, 12 skipped, 0 diverged, 0 failed"));

  const ProcessResult csv = run_zipml({"export", (folder / "out").string()});
  REQUIRE(csv.exit_code == 0);
  REQUIRE(std::count(csv.out.begin(), csv.out.end(), '\n') == 1 + kSweepRuns * 11);
  const ProcessResult last = run_zipml({"export", (folder / "out/sweep").string(), "--final"});
  REQUIRE(std::count(last.out.begin(), last.out.end(), '\n') == 1 + kSweepRuns);
}

TEST_CASE("results have the same bits for 1, 2, 3 and 8 threads, and for any number of jobs", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "one", {"--threads", "1", "--jobs", "1"})).exit_code == 0);
  for (const char* threads : {"2", "3", "8"}) {
    const std::string out = std::string("threads-") + threads;
    REQUIRE(run_zipml(sweep_arguments(folder, out, {"--threads", threads, "--jobs", "3"})).exit_code == 0);
    REQUIRE(result_folder_differences(folder / "one", folder / out) == Lines{});
  }
  const auto different = run_zipml(sweep_arguments(folder, "other", {"--set", "/solver/batch=8"}));
  REQUIRE(different.exit_code == 0);
  REQUIRE(result_folder_differences(folder / "one", folder / "other") != Lines{});
}

TEST_CASE("a dry run prints the plan and writes nothing", "[e2e]") {
  const TemporaryFolder folder;
  const ProcessResult plan = run_zipml(sweep_arguments(folder, "out", {"--dry-run"}));
  REQUIRE(plan.exit_code == 0);
  REQUIRE(std::count(plan.out.begin(), plan.out.end(), '\n') == 1 + kSweepRuns);
  REQUIRE_THAT(plan.out, Catch::Contains("\tDS 4-bit\t3\tsynthetic\tto run\n"));
  REQUIRE(!std::filesystem::exists(folder / "out"));
}

TEST_CASE("one wrong config keeps all of them from being run", "[e2e]") {
  const TemporaryFolder folder;
  write_text(folder / "wrong.json", "{\"name\": \"wrong\"}");
  ProcessResult run = run_zipml(sweep_arguments(folder, "out", {(folder / "wrong.json").string()}));
  REQUIRE(run.exit_code == 2);
  REQUIRE_THAT(run.err, Catch::Contains("wrong.json"));
  REQUIRE(!std::filesystem::exists(folder / "out"));
  run = run_zipml(sweep_arguments(folder, "out", {"--shard", "3/2"}));
  REQUIRE(run.exit_code == 2);
  REQUIRE_THAT(run.err, Catch::Contains("--shard: '3/2' is not allowed; allowed is I/N with 1 <= I <= N"));
}

TEST_CASE("the shards of a sweep together are the sweep", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "whole")).exit_code == 0);
  int runs = 0;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    REQUIRE(run_zipml(sweep_arguments(folder, "parts", {"--shard", shard})).exit_code == 0);
    const std::string own = std::string("own-") + shard[0];
    REQUIRE(run_zipml(sweep_arguments(folder, own, {"--shard", shard})).exit_code == 0);
    runs += count_results(folder / own);
  }
  REQUIRE(runs == kSweepRuns);
  REQUIRE(result_folder_differences(folder / "whole", folder / "parts") == Lines{});

  const auto merge = [&](const std::string& into, const std::vector<std::string>& from) {
    std::vector<std::string> arguments = {"merge", (folder / into).string()};
    for (const std::string& one : from) arguments.push_back((folder / one).string());
    return run_zipml(arguments);
  };
  const ProcessResult merged = merge("merged", {"own-1", "own-2", "own-3"});
  REQUIRE(merged.exit_code == 0);
  REQUIRE_THAT(merged.out, Catch::Contains("merged: 12 results copied, 0 there already and the same"));
  REQUIRE(result_folder_differences(folder / "whole", folder / "merged") == Lines{});
  REQUIRE_THAT(merge("merged", {"whole"}).out, Catch::Contains(": 0 results copied, 12 there already"));
  REQUIRE(merge("merged", {}).exit_code == 2);
  const ProcessResult missing = merge("merged", {"own-4"});
  REQUIRE(missing.exit_code == 2);
  REQUIRE(missing.err == (folder / "own-4").string() + ": no such folder of results\n");

  const std::filesystem::path damaged = find_results(folder / "whole").front();
  std::filesystem::resize_file(damaged, 1000);
  const ProcessResult with_damage = merge("merged", {"whole"});
  REQUIRE(with_damage.exit_code == 1);
  REQUIRE_THAT(with_damage.err, Catch::Contains("not merged: " + damaged.string() + ": truncated"));
}

TEST_CASE("what is in the way is named, and the other runs are kept", "[e2e]") {
  const TemporaryFolder folder;
  write_text(folder / "out", "a file");
  ProcessResult run = run_zipml(sweep_arguments(folder, "out"));
  REQUIRE(run.exit_code == 1);
  REQUIRE_THAT(run.err, Catch::Contains((folder / "out").string()) && Catch::Contains("is not a folder"));

  REQUIRE(run_zipml(sweep_arguments(folder, "good")).exit_code == 0);
  const std::filesystem::path first = find_results(folder / "good").front();
  const std::filesystem::path blocked = folder / "blocked" / "sweep" / first.filename().string();
  std::filesystem::create_directories(blocked);
  run = run_zipml(sweep_arguments(folder, "blocked"));
  REQUIRE(run.exit_code == 1);
  REQUIRE_THAT(run.err,
               Catch::Contains(blocked.string() + ": cannot write this file: a folder is in the way") &&
                   Catch::Contains("11 done, 0 skipped, 0 diverged, 1 failed"));
  REQUIRE(count_results(folder / "blocked") == kSweepRuns - 1);
}

TEST_CASE("a full disk fails the runs that do not fit and keeps the finished ones", "[e2e]") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "out");
  if (::mount("tmpfs", (folder / "out").c_str(), "tmpfs", 0, "size=120k") != 0) {
    WARN("skipped: cannot mount a small tmpfs here");
    return;
  }
  const ProcessResult run = run_zipml(sweep_arguments(folder, "out"));
  int readable = 0;
  const int results = count_results(folder / "out"), parts = count_parts(folder / "out");
  for (const auto& file : find_results(folder / "out")) readable += read_result(file).value.has_value();
  REQUIRE(::umount2((folder / "out").c_str(), MNT_DETACH) == 0);
  INFO(run.err);
  REQUIRE(run.exit_code == 1);
  REQUIRE_THAT(run.err, Catch::Contains("No space left on device"));
  REQUIRE(parts == 0);
  REQUIRE(results > 0);
  REQUIRE(results < kSweepRuns);
  REQUIRE(readable == results);
}

TEST_CASE("an export that cannot be written is an error", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "out", {"--seeds", "1"})).exit_code == 0);
  const ProcessResult run = run_process({"sh", "-c", "exec \"$0\" export \"$1\" > /dev/full",
                                         zipml_command({}).front(), (folder / "out").string()});
  REQUIRE(run.exit_code == 1);
  REQUIRE_THAT(run.err, Catch::Contains("standard output: cannot be written"));
}

TEST_CASE("an export of something else than results is the user's error", "[e2e]") {
  const TemporaryFolder folder;
  write_text(folder / "foreign.h5", "nothing of the kind");
  const ProcessResult run = run_zipml({"export", (folder / "foreign.h5").string()});
  REQUIRE(run.exit_code == 2);
  REQUIRE(run.out.empty());
  REQUIRE_THAT(run.err, Catch::Contains("foreign.h5: truncated, or not written by this program"));
}

}  // namespace
}  // namespace zipml::testing
