#include <catch2/catch.hpp>

#include "experiments/report/finding.h"
#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

const std::string kFour = "(a) ours: seconds until", kPaper = "(a) ours: the same is 6.5",
                  kStored = "(a) ours: the same with the time";

// One series of three seeds: after every epoch of `seconds` the loss is one of 3, 2, 1.005 and 1, or `last`
// at the end. The goal is 1.01.
struct Series {
  std::string engine;
  nlohmann::json samples = {{"kind", "full"}};
  double seconds = 1.0, last = 1.0, store = 0.0;
};

Series low(int bits, double seconds, double last = 1.0, const std::string& kind = "double_sampling") {
  return {"integer", quantized(kind, bits, "once"), seconds, last, 2.0};
}

RunSet results(const std::vector<Series>& all, std::uint64_t rows = 300000, bool timed = true) {
  RunSet set;
  for (const Series& series : all) {
    ExampleRun example;
    example.figure = "cpu_speedup";
    example.dataset = {{"kind", "synthetic"}, {"features", 1000}, {"noise", 18}};
    example.samples = series.samples;
    example.measure = {{"kind", "training"}, {"timed", timed}};
    example.train_rows = rows;
    example.features = 1000;
    for (example.seed = 1; example.seed <= 3; ++example.seed) {
      example.losses = {3.0, 2.0, series.last > 1.01 ? series.last : 1.005, series.last};
      ResultFile file = example.result();
      nlohmann::json config = nlohmann::json::parse(file.resolved_json);
      config["engine"] = {{"kind", series.engine}};
      file.resolved_json = config.dump();
      file.run_id = sha256_hex(file.resolved_json).substr(0, 16);
      file.epoch_seconds.assign(3, series.seconds * (1.0 + 0.01 * static_cast<double>(example.seed)));
      file.store_seconds = series.store;
      file.provenance.cpu_model = "a CPU";
      file.provenance.threads = 2;
      set.runs.push_back(make_run(file, "example"));
    }
  }
  return set;
}

const Series kFloat{"synchronous"}, kHogwild{"hogwild", {{"kind", "full"}}, 0.9};

Finding found(const RunSet& set, const std::string& claim) {
  return evaluate(set, "cpu_speedup", claim).finding;
}

TEST_CASE("cpu_speedup: the best low precision is held against the faster float32") {
  const RunSet set =
      results({kFloat, kHogwild, low(8, 0.3), low(4, 0.15), low(2, 0.05, 1.5), low(4, 0.2, 1.0, "naive")});
  const Finding four = found(set, kFour);
  CHECK(four.interval.value == Approx(6.0));
  CHECK(four.verdict == Verdict::holds);
  CHECK(four.seeds == 3);
  CHECK_THAT(four.note, Catch::Contains("best: 4-bit double sampling") &&
                            Catch::Contains("take 2 s beforehand") &&
                            Catch::Contains("2 threads on a CPU, not reproducible"));
  CHECK(found(set, kPaper).verdict == Verdict::fails);
  const Finding stored = found(set, kStored);
  CHECK(stored.interval.value ==
        Approx(0.9 * 1.02 * 1.995 / (0.15 * 1.02 * 1.995 / 1.0 + 2.0)).epsilon(0.01));
  CHECK(stored.verdict == Verdict::fails);
  const Finding slow = found(results({kFloat, kHogwild, low(8, 0.3)}), kFour);
  CHECK(slow.interval.value == Approx(3.0));
  CHECK(slow.verdict == Verdict::fails);
}

TEST_CASE("cpu_speedup: precision that never gets there has no speed-up") {
  const Finding never = found(results({kFloat, kHogwild, low(2, 0.01, 1.5)}), kFour);
  CHECK(never.interval.value == 0.0);
  CHECK(never.verdict == Verdict::fails);
  CHECK_THAT(never.note, Catch::Contains("none gets there"));
}

TEST_CASE("cpu_speedup: small data, missing series and runs beside others say nothing") {
  const std::vector<Series> all = {kFloat, kHogwild, low(4, 0.15)};
  const Finding small = found(results(all, 10000), kFour);
  CHECK(small.verdict == Verdict::not_run);
  CHECK_THAT(small.note, Catch::Contains("40 MB in float32 only") && Catch::Contains("--scale paper"));
  CHECK(found(results(all, 300000, false), kFour).verdict == Verdict::not_run);
  const Finding lacking = found(results({kFloat, low(4, 0.15)}), kFour);
  CHECK(lacking.verdict == Verdict::not_run);
  CHECK_THAT(lacking.note, Catch::Contains("missing"));
  CHECK(found({}, kFour).note == "no results");
  CHECK(evaluate(results(all), "cpu_speedup", "(b) ours: seconds until").finding.note == "no results");
}

TEST_CASE("wall seconds to a loss lie on straight lines between epochs") {
  Run run;
  run.train_loss = {10.0, 4.0, 2.0};
  run.wall.epoch_seconds = {3.0, 5.0};
  CHECK(wall_seconds_to(run, 10.0) == 0.0);
  CHECK(wall_seconds_to(run, 7.0) == Approx(1.5));
  CHECK(wall_seconds_to(run, 4.0) == Approx(3.0));
  CHECK(wall_seconds_to(run, 2.5) == Approx(3.0 + 5.0 * 0.75));
  CHECK(std::isinf(wall_seconds_to(run, 1.9)));
}

}  // namespace
}  // namespace zipml::testing
