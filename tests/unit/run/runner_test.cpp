#include "experiments/run/runner.h"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "engine/core/error.h"
#include "experiments/config/measurements.h"
#include "experiments/results/atomic_file.h"
#include "experiments/run/progress.h"
#include "tests/e2e/process.h"
#include "tests/unit/results/example_result.h"

namespace zipml {
namespace {

using testing::TemporaryFolder;

constexpr std::array kHexDigits = {'0', '1', '2', '3', '4', '5', '6', '7',
                                   '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

RunSpec make_spec(unsigned number, const std::string& tuning_key = "") {
  RunSpec spec;
  spec.config_name = "sweep";
  spec.series = "s";
  spec.id = std::string("00000000000000") + kHexDigits[number / 16 % 16] + kHexDigits[number % 16];
  spec.dataset.kind = "synthetic";
  spec.seed = number;
  spec.tune = !tuning_key.empty();
  spec.tuning_key = tuning_key;
  return spec;
}

std::vector<RunSpec> make_specs(unsigned count) {
  std::vector<RunSpec> specs;
  for (unsigned i = 0; i < count; ++i) specs.push_back(make_spec(i));
  return specs;
}

/// Makes results out of nothing and remembers what it was asked for.
class FakeExecutor : public RunExecutor {
 public:
  void expect(const RunSpec&) override { ++announced; }
  void release(const RunSpec&) override { --announced; }
  std::optional<double> data_size(const RunSpec&) const override { return 10.0; }

  bool tune(const RunSpec& spec, int threads, const StopCheck&, const StageReport&) override {
    const std::lock_guard lock(mutex);
    most_threads = std::max(most_threads, threads);
    if (spec.tuning_key == "bad") throw std::runtime_error("every step diverges");
    if (!tuned.insert(spec.tuning_key).second) tuned_twice = true;
    return true;
  }

  std::optional<ResultFile> execute(const RunSpec& spec, int threads, const StopCheck& stop,
                                    const StageReport& report) override {
    const std::lock_guard lock(mutex);
    most_threads = std::max(most_threads, threads);
    if (spec.tune && !tuned.contains(spec.tuning_key)) throw std::logic_error("not tuned yet");
    if (stage) report(*stage);
    if (on_execute) on_execute(spec);
    if (stop()) return std::nullopt;
    executed.push_back(spec.seed);
    ResultFile result = testing::example_result();
    result.run_id = spec.id;
    result.seed = spec.seed;
    result.status = diverging.contains(spec.seed) ? RunStatus::diverged : RunStatus::finished;
    return result;
  }

  std::mutex mutex;
  std::atomic<int> announced{0};
  std::vector<std::uint64_t> executed;
  std::set<std::string> tuned;
  std::set<std::uint64_t> diverging;
  bool tuned_twice = false;
  int most_threads = 0;
  std::function<void(const RunSpec&)> on_execute;
  std::optional<RunStage> stage;
};

struct Harness {
  TemporaryFolder folder;
  FakeExecutor executor;
  RunnerOptions options;
  std::ostringstream messages;
  bool stop = false;

  Harness() { options.out = folder / "out"; }

  RunSummary run(const std::vector<RunSpec>& specs) {
    messages.str("");
    executor.executed.clear();
    return run_planned(
        plan_runs(specs, options), executor, options, [this] { return stop; }, messages);
  }
  std::filesystem::path file(const RunSpec& spec) const {
    return result_path(options.out, spec.config_name, spec.id);
  }
};

TEST_CASE("a run whose wall time is shown has the machine to itself", "[run]") {
  const auto make_lock_free = [](RunSpec& spec) { spec.training.engine.kind = "hogwild"; };
  const auto make_timed = [](RunSpec& spec) {
    spec.measurement = choose(measurements(), kTraining, {{"timed", true}});
  };
  for (const std::function<void(RunSpec&)>& make :
       {std::function(make_lock_free), std::function(make_timed)}) {
    Harness harness;
    harness.options.jobs = 4;
    harness.options.threads = 1;
    std::vector<RunSpec> specs = make_specs(8);
    for (const std::size_t i : {0u, 3u}) make(specs[i]);
    REQUIRE(harness.run(specs).done == 8);
    REQUIRE(harness.executor.most_threads == 4);
  }
  Harness other;
  other.options.jobs = 4;
  other.options.threads = 1;
  REQUIRE(other.run(make_specs(8)).done == 8);
  REQUIRE(other.executor.most_threads == 1);
}

TEST_CASE("every run is done once and found again the next time", "[run]") {
  for (const int jobs : {1, 2, 5}) {
    Harness harness;
    harness.options.jobs = jobs;
    harness.executor.diverging = {3};
    const RunSummary first = harness.run(make_specs(8));
    REQUIRE(first.done == 8);
    REQUIRE(first.diverged == 1);
    REQUIRE(first.exit_code() == 0);
    REQUIRE(harness.executor.announced == 0);
    for (const RunSpec& spec : make_specs(8))
      REQUIRE(read_result(harness.file(spec)).value->run_id == spec.id);

    const RunSummary second = harness.run(make_specs(9));
    REQUIRE(second.done == 1);
    REQUIRE(second.skipped == 8);
    REQUIRE(harness.executor.executed == std::vector<std::uint64_t>{8});

    harness.options.force = true;
    REQUIRE(harness.run(make_specs(9)).done == 9);
  }
}

TEST_CASE("a failing run does not stop the others", "[run]") {
  Harness harness;
  harness.options.jobs = 2;
  harness.executor.on_execute = [](const RunSpec& spec) {
    if (spec.seed == 2) throw std::runtime_error("the reason");
  };
  const RunSummary summary = harness.run(make_specs(5));
  REQUIRE(summary.done == 4);
  REQUIRE(summary.failed == 1);
  REQUIRE(summary.exit_code() == 1);
  REQUIRE_THAT(harness.messages.str(),
               Catch::Contains("FAILED sweep, s, seed 2 (run 0000000000000002): the reason"));
  REQUIRE(!std::filesystem::exists(harness.file(make_spec(2))));
}

TEST_CASE("wrong input that lets nothing be written is the user's error", "[run]") {
  Harness harness;
  harness.executor.on_execute = [](const RunSpec&) { throw InputError("data:3: garbage"); };
  REQUIRE(harness.run(make_specs(2)).exit_code() == 2);
  REQUIRE(!std::filesystem::exists(harness.options.out));
  harness.executor.on_execute = [](const RunSpec& spec) {
    if (spec.seed == 1) throw InputError("data:3: garbage");
  };
  REQUIRE(harness.run(make_specs(2)).exit_code() == 1);
}

TEST_CASE("runs wait for their tuning, which is made once", "[run]") {
  for (const int jobs : {1, 4}) {
    Harness harness;
    harness.options.jobs = jobs;
    std::vector<RunSpec> specs;
    for (unsigned i = 0; i < 12; ++i) specs.push_back(make_spec(i, i % 3 == 0 ? "a" : "b"));
    REQUIRE(harness.run(specs).done == 12);
    REQUIRE(!harness.executor.tuned_twice);
    REQUIRE(harness.executor.tuned == std::set<std::string>{"a", "b"});
    REQUIRE(harness.executor.announced == 0);
  }
}

TEST_CASE("a failed tuning fails its runs and no others", "[run]") {
  Harness harness;
  const RunSummary summary = harness.run({make_spec(0, "bad"), make_spec(1, "good"), make_spec(2, "bad")});
  REQUIRE(summary.done == 1);
  REQUIRE(summary.failed == 2);
  REQUIRE(harness.executor.announced == 0);
  REQUIRE_THAT(
      harness.messages.str(),
      Catch::Contains("seed 2 (run 0000000000000002): its step size could not be tuned: every step"));
}

TEST_CASE("after a stop nothing new begins and what was under way is not written", "[run]") {
  Harness harness;
  harness.options.jobs = 1;
  harness.executor.on_execute = [&](const RunSpec& spec) { harness.stop = spec.seed == 2; };
  const RunSummary summary = harness.run(make_specs(6));
  REQUIRE(summary.done == 2);
  REQUIRE(summary.interrupted);
  REQUIRE(summary.exit_code() == 130);
  REQUIRE(!std::filesystem::exists(harness.file(make_spec(2))));
  harness.stop = false;
  harness.executor.on_execute = {};
  REQUIRE(harness.run(make_specs(6)).done == 4);
}

TEST_CASE("an unreadable result is named and renewed", "[run]") {
  Harness harness;
  harness.run(make_specs(3));
  const std::filesystem::path damaged = harness.file(make_spec(1)), foreign = harness.file(make_spec(2));
  testing::write_text(damaged, testing::read_text(damaged).substr(0, 700));
  std::filesystem::copy_file(harness.file(make_spec(0)), foreign,
                             std::filesystem::copy_options::overwrite_existing);
  const RunSummary summary = harness.run(make_specs(3));
  REQUIRE(summary.done == 2);
  REQUIRE(summary.skipped == 1);
  REQUIRE_THAT(harness.messages.str(), Catch::Contains(damaged.string() + ": truncated") &&
                                           Catch::Contains("running again") &&
                                           Catch::Contains(foreign.string() + ": holds the result of run"));
  REQUIRE(read_result(damaged).value->seed == 1);
  REQUIRE(read_result(foreign).value->seed == 2);
}

TEST_CASE("a result that another program finished during the run stays as it is", "[run]") {
  Harness harness;
  harness.executor.on_execute = [&](const RunSpec& spec) {
    ResultFile other = testing::example_result();
    other.run_id = spec.id;
    other.alpha = 42.0;
    write_result(harness.file(spec), other);
  };
  REQUIRE(harness.run(make_specs(1)).skipped == 1);
  REQUIRE(read_result(harness.file(make_spec(0))).value->alpha == 42.0);
  harness.options.force = true;
  REQUIRE(harness.run(make_specs(1)).done == 1);
  REQUIRE(read_result(harness.file(make_spec(0))).value->alpha != 42.0);
}

TEST_CASE("a result that another program wrote meanwhile is kept", "[run]") {
  Harness harness;
  harness.options.jobs = 1;
  harness.executor.on_execute = [&](const RunSpec& spec) {
    if (spec.seed != 0) return;
    ResultFile other = testing::example_result();
    other.run_id = make_spec(1).id;
    write_result(harness.file(make_spec(1)), other);
  };
  const RunSummary summary = harness.run(make_specs(2));
  REQUIRE(summary.done == 1);
  REQUIRE(summary.skipped == 1);
  REQUIRE(harness.executor.executed == std::vector<std::uint64_t>{0});
}

TEST_CASE("a file or a folder in the way is refused before training", "[run]") {
  Harness harness;
  std::filesystem::create_directories(harness.file(make_spec(1)));
  const RunSummary summary = harness.run(make_specs(2));
  REQUIRE(summary.done == 1);
  REQUIRE(summary.exit_code() == 1);
  REQUIRE(harness.executor.executed == std::vector<std::uint64_t>{0});
  REQUIRE_THAT(harness.messages.str(), Catch::Contains("a folder is in the way"));

  harness.options.out = harness.folder / "plain";
  testing::write_text(harness.options.out, "x");
  REQUIRE_THROWS_AS(harness.run(make_specs(2)), IoError);
}

TEST_CASE("a result that cannot be written ends the sweep with one message", "[run]") {
  for (const int jobs : {1, 3}) {
    Harness harness;
    harness.options.jobs = jobs;
    harness.executor.on_execute = [](const RunSpec& spec) {
      if (spec.seed >= 3) throw WriteError("out/x.h5: cannot write this file: No space left on device");
    };
    const RunSummary summary = harness.run(make_specs(40));
    REQUIRE(summary.unwritable);
    REQUIRE(summary.exit_code() == 1);
    REQUIRE(summary.done >= 3);
    REQUIRE(summary.failed >= 1);
    REQUIRE(summary.done + summary.failed + summary.left == 40);
    REQUIRE(summary.left >= 40u - 3u - 2u * static_cast<unsigned>(jobs));
    REQUIRE(harness.executor.announced == static_cast<int>(summary.left));
    const std::string said = harness.messages.str();
    REQUIRE(said.find("No space left") == said.rfind("No space left"));
    REQUIRE(said.find("No space left") != std::string::npos);
    // Once there is space, the same call goes on.
    harness.executor.on_execute = nullptr;
    REQUIRE(harness.run(make_specs(40)).done == 40 - summary.done);
  }
}

TEST_CASE("shards are disjoint and together the whole", "[run]") {
  const std::vector<RunSpec> specs = make_specs(40);
  for (std::uint64_t count = 1; count <= 5; ++count) {
    std::multiset<std::string> seen;
    for (std::uint64_t index = 1; index <= count; ++index) {
      RunnerOptions options;
      options.out = "nowhere";
      options.shard = {index, count};
      for (const PlannedRun& run : plan_runs(specs, options)) seen.insert(run.spec.id);
    }
    std::multiset<std::string> all;
    for (const RunSpec& spec : specs) all.insert(spec.id);
    REQUIRE(seen == all);
  }
  REQUIRE(in_shard("ffffffffffffffff", {16, 16}));
  REQUIRE(!in_shard("ffffffffffffffff", {1, 16}));
}

TEST_CASE("a shard is read strictly", "[run]") {
  REQUIRE(parse_shard("2/3").index == 2);
  REQUIRE(parse_shard("2/3").count == 3);
  for (const char* wrong : {"", "/", "1", "0/3", "4/3", "1/0", "-1/2", "1/2x", " 1/2", "1//2", "1/2/3"}) {
    INFO(wrong);
    REQUIRE_THROWS_AS(parse_shard(wrong), InputError);
  }
  REQUIRE_THROWS_WITH(parse_shard("4/3"), "--shard: '4/3' is not allowed; allowed is I/N with 1 <= I <= N");
}

TEST_CASE("the plan says what would run", "[run]") {
  Harness harness;
  harness.run(make_specs(1));
  std::ostringstream out;
  print_plan(plan_runs(make_specs(2), harness.options), out);
  REQUIRE(out.str() ==
          "run_id\tconfig\tpanel\tseries\tseed\tdataset\tstate\n"
          "0000000000000000\tsweep\t\ts\t0\tsynthetic\tfinished\n"
          "0000000000000001\tsweep\t\ts\t1\tsynthetic\tto run\n");
}

TEST_CASE("nothing is looked at or written where everything is finished", "[run]") {
  Harness harness;
  harness.run(make_specs(2));
  const auto part = harness.file(make_spec(0)).string() + ".1-2-3-4.part";  // another machine's, abandoned
  testing::write_text(part, "x");
  std::filesystem::last_write_time(part,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
  REQUIRE(harness.run(make_specs(2)).skipped == 2);
  REQUIRE(std::filesystem::exists(part));
  REQUIRE(harness.run(make_specs(3)).done == 1);
  REQUIRE(!std::filesystem::exists(part));
}

TEST_CASE("a run under way and what it does are shown to the end", "[run]") {
  Harness harness;
  harness.options.jobs = 1;
  harness.options.screen.style.live = true;
  harness.options.screen.interval = std::chrono::milliseconds(0);
  harness.executor.stage = RunStage{"training", "epoch", 2, 9};
  REQUIRE(harness.run(make_specs(3)).done == 3);
  REQUIRE(harness.messages.str().empty());  // nobody drew
  harness.executor.stage.reset();
  harness.options.screen.interval = std::chrono::milliseconds(1);
  harness.executor.on_execute = [](const RunSpec&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  };
  REQUIRE(harness.run(make_specs(4)).done == 1);
  REQUIRE_THAT(harness.messages.str(),
               Catch::Contains("sweep, s, seed 3  waiting") && Catch::Contains("0/1 done, 1 running"));
}

}  // namespace
}  // namespace zipml
