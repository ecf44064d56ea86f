#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "experiments/results/folder_compare.h"
#include "experiments/results/result_file.h"
#include "tests/e2e/process.h"

namespace zipml::testing {
namespace {

const char* const kTimed =
    R"({"name": "timed", "dataset": {"kind": "synthetic", "features": 30, "train_rows": 400,
  "test_rows": 10}, "preprocess": {"features": "standardize", "intercept": true}, "model": "least_squares",
  "solver": {"epochs": 3, "alpha": 0.005}, "fpga": {"design": "harp_float", "platform": "board.json"},
  "sweep": {"series": [{"name": "32-bit", "set": {}},
    {"name": "2-bit", "set": {"/fpga/design": "harp_q2",
     "/precision/samples": {"kind": "double_sampling", "bits": 2, "levels_count": 3}}}]}})";

const char* const kBoard =
    R"({"name": "board", "clock_hz": 1e8, "rate_confirmed": true, "memory": {"latency_cycles": 7, "rate": [1, 2]}})";

ProcessResult run(const TemporaryFolder& folder, const std::string& config, const std::string& out,
                  const std::vector<std::string>& more = {}) {
  write_text(folder / "configs/run.json", config);
  write_text(folder / "configs/board.json", kBoard);
  std::vector<std::string> arguments = {"run", (folder / "configs/run.json").string(), "--out",
                                        (folder / out).string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_zipml(arguments);
}

TEST_CASE("a trained run gets the engine's time axis, the same as `zipml fpga` prints", "[e2e][fpga]") {
  const TemporaryFolder folder;
  const ProcessResult done = run(folder, kTimed, "out", {"--threads", "1"});
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  REQUIRE(run(folder, kTimed, "other", {"--threads", "3"}).exit_code == 0);
  REQUIRE(result_folder_differences(folder / "out", folder / "other").empty());
  int seen = 0;
  for (const auto& file : find_results(folder / "out")) {
    const ResultFile result = read_result(file).value.value();
    const FpgaTimes& times = result.fpga.value();
    const ProcessResult alone =
        run_zipml({"fpga", times.design, "--features", "31", "--rows", "400", "--epochs", "3", "--batch",
                   "16", "--platform", (folder / "configs/board.json").string(), "--format", "json"});
    const nlohmann::json json = nlohmann::json::parse(alone.out);
    REQUIRE(times.features == 31);
    REQUIRE(json["cycles_total"] == times.cycles_total);
    REQUIRE(json["cycles_per_epoch"] == times.cycles_per_epoch);
    REQUIRE(json["bytes_read"] == times.bytes_read);
    REQUIRE(json["binds"] == times.binds);
    REQUIRE(json["seconds"].get<double>() == times.seconds_after(3));
    REQUIRE(json["pipeline"].size() == times.pipeline.size());
    for (const auto& [cause, cycles] : times.stalls) REQUIRE(json["stalls"][cause] == cycles);
    REQUIRE(times.unconfirmed == std::vector<std::string>{"clock_hz"});
    REQUIRE(times.differences.empty());
    REQUIRE(result.trace.size() == 4);
    ++seen;
  }
  REQUIRE(seen == 2);
  const ProcessResult csv = run_zipml({"export", (folder / "out").string(), "--final"});
  REQUIRE_THAT(csv.out, Catch::Contains(",fpga_seconds,") && Catch::Contains(",harp_q2,board,"));
}

TEST_CASE("a shape is timed without data, exported by epochs and not repeated", "[e2e][fpga]") {
  const TemporaryFolder folder;
  const std::string shape =
      R"({"name": "shape", "measure": {"kind": "fpga_cycles", "features": 91, "rows": 128,
    "epochs": 2}, "fpga": {"design": "harp_q4"}, "sweep": {"grid": {"/fpga/design": ["harp_q4", "pynq_q1"]}}})";
  const ProcessResult done = run(folder, shape, "out");
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  REQUIRE_THAT(run(folder, shape, "out").err, Catch::Contains("0 done, 2 skipped"));
  const ProcessResult csv = run_zipml({"export", (folder / "out").string()});
  REQUIRE(std::count(csv.out.begin(), csv.out.end(), '\n') == 1 + 2 * 3);
  REQUIRE(csv.err.empty());
  REQUIRE(run_zipml({"report", (folder / "out").string()}).exit_code == 0);
}

TEST_CASE("a shape that the engine refuses is a config error, and nothing is written", "[e2e][fpga]") {
  const TemporaryFolder folder;
  const ProcessResult refused = run(folder, kTimed, "out", {"--set", "/dataset/features=9000"});
  REQUIRE(refused.exit_code == 2);
  REQUIRE_THAT(refused.err, Catch::Contains("/fpga: harp_float: features: found 9001, allowed 1..8047"));
  REQUIRE(!std::filesystem::exists(folder / "out"));
}

TEST_CASE("a user's own file that the engine refuses fails before it is trained on", "[e2e][fpga]") {
  const TemporaryFolder folder;
  std::string rows;
  for (int r = 0; r < 20; ++r) rows += std::to_string(r) + "," + std::to_string(r * r) + "\n";
  write_text(folder / "configs/my.csv", rows);
  const std::string config =
      R"({"name": "mine", "dataset": {"kind": "csv", "path": ")" + (folder / "configs/my.csv").string() +
      R"("}, "model": "least_squares", "solver": {"epochs": 1, "batch": 8, "alpha": 0.01},
    "fpga": {"design": {"kind": "mlweaving", "bits": 8}}})";
  const ProcessResult refused = run(folder, config, "out");
  REQUIRE(refused.exit_code == 2);
  REQUIRE_THAT(refused.err, Catch::Contains("mlweaving: rows: found 20, allowed multiples of 8"));
}

}  // namespace
}  // namespace zipml::testing
