#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "process.h"

using namespace zipml::testing;
using Json = nlohmann::json;

namespace {

const std::string kPlatforms = std::string(ZIPML_SOURCE_DIR) + "/configs/fpga/";

Json simulated(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "fpga");
  arguments.insert(arguments.end(), {"--format", "json"});
  const ProcessResult result = run_zipml(arguments);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return Json::parse(result.out);
}

void check_refused(std::vector<std::string> arguments, const std::string& part) {
  arguments.insert(arguments.begin(), "fpga");
  const ProcessResult result = run_zipml(arguments);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Catch::Matchers::Contains(part));
}

}  // namespace

TEST_CASE("fpga: cycles of a shape, by hand", "[e2e][fpga]") {
  const std::vector<std::string> words = {"harp_q4", "--features", "90",
                                          "--rows",  "128",        "--epochs",
                                          "2",       "--platform", kPlatforms + "harp.json"};
  const Json run = simulated(words);
  // 2 lines a sample: 256 lines, 22 cycles to the last line's first update, 1 more update, 2 to the first of
  // 8 writes.
  CHECK(run["cycles_per_epoch"] == Json::array({255 + 22 + 1 + 2 + 7 + 1, 288 + 40}));
  CHECK(run["cycles_total"] == 616);
  CHECK(run["closed_form"]["cycles_total"] == 616);
  CHECK(run["seconds"].get<double>() == Approx(616 / 200e6));
  CHECK(run["bytes_read"] == 2 * 256 * 64);
  CHECK(run["bytes_written"] == 2 * 8 * 64);
  std::int64_t stalled = 0;
  for (const auto& [cause, cycles] : run["stalls"].items()) stalled += cycles.get<std::int64_t>();
  CHECK(stalled + run["cycles_busy"].get<std::int64_t>() == 616);
}

TEST_CASE("fpga: --set changes the platform, and what binds", "[e2e][fpga]") {
  const std::vector<std::string> shape = {"--features", "784", "--rows", "2000"};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.end(), shape.begin(), shape.end());
    return simulated(words);
  };
  CHECK(with({"harp_float"})["binds"] == "compute");
  CHECK(with({"harp_float", "--set", "/memory/rate=[1,2]"})["binds"] == "memory_bandwidth");
  CHECK(with({"harp_q1", "--set", "/memory/rate=[1,2]"})["binds"] == "compute");
  const auto cycles = [&](std::vector<std::string> words) {
    return with(words)["cycles_total"].get<std::int64_t>();
  };
  CHECK(cycles({"harp_q8", "--epochs", "2", "--set", "/memory/latency_cycles=90"}) ==
        cycles({"harp_q8", "--epochs", "2"}) + 50);
  CHECK(cycles({"pynq_q8", "--set", "/input/gap={\"length\": 3, \"after_words\": 100}"}) >
        cycles({"pynq_q8"}));
  CHECK(with({"mlweaving", "--bits", "3", "--batch", "16"})["bits"] == 3);
}

TEST_CASE("fpga: wrong input is refused with what is allowed", "[e2e][fpga]") {
  check_refused({"harp_q5", "--features", "1", "--rows", "1"}, "did you mean");
  check_refused({"--features", "1", "--rows", "1"}, "DESIGN is missing");
  check_refused({"harp_q8", "--rows", "1"}, "--features is missing");
  check_refused({"harp_q8", "--features", "0", "--rows", "1"}, "--features");
  check_refused({"harp_q8", "--features", "9000", "--rows", "1"}, "allowed 1..8192");
  check_refused({"harp_q8", "--features", "9", "--rows", "1", "--bits", "4"}, "has its own bits");
  check_refused({"harp_q8", "--features", "9", "--rows", "1", "--set", "/memory/rate=[0,1]"}, "/memory/rate");
  check_refused({"harp_q8", "--features", "9", "--rows", "1", "--set", "/memory/rate=[2,1]"}, "1 <= a <= b");
  check_refused({"harp_q8", "--features", "9", "--rows", "1", "--set", "/clock_hz=0"}, "/clock_hz");
  check_refused({"harp_q8", "--features", "9", "--rows", "1", "--set", "/memory/latncy_cycles=1"},
                "did you mean \"latency_cycles\"");
  check_refused({"harp_q8", "--features", "9", "--rows", "1", "--platform", "nowhere.json"}, "nowhere.json");
  check_refused({"harp_q8", "--features", "9", "--rows", "1", "--trace", "waves.txt"}, ".vcd or .csv");
}

TEST_CASE("fpga: waveforms", "[e2e][fpga]") {
  const TemporaryFolder folder;
  for (const std::string name : {"waves.csv", "waves.vcd"}) {
    const std::string file = (folder / name).string();
    simulated({"pynq_q2", "--features", "40", "--rows", "3", "--trace", file, "--cycles", "30"});
    const std::string text = read_text(file);
    CHECK_THAT(text, Catch::Matchers::Contains("sample_fifo"));
    CHECK_THAT(text, Catch::Matchers::Contains(name == "waves.csv" ? "\n29," : "$enddefinitions"));
  }
}

TEST_CASE("fpga: --explore prints designs that no other beats", "[e2e][fpga]") {
  const Json best = simulated({"--explore", "--features", "200", "--rows", "100"});
  REQUIRE(best.size() > 20);
  for (const Json& a : best) {
    for (const Json& b : best) {
      if (a == b || a["clock_hz"] != b["clock_hz"] || a["gb_per_s"] != b["gb_per_s"]) continue;
      const bool beaten = b["seconds"] <= a["seconds"] && b["multipliers"] <= a["multipliers"] &&
                          b["adders"] <= a["adders"] && b["bits"] >= a["bits"];
      CHECK_FALSE(beaten);
    }
  }
}

TEST_CASE("fpga: every platform file is valid", "[e2e][fpga]") {
  for (const auto& file : std::filesystem::directory_iterator(kPlatforms)) {
    const Json run =
        simulated({"harp_q8", "--features", "10", "--rows", "10", "--platform", file.path().string()});
    CHECK(run["platform"]["name"] == file.path().stem().string());
  }
}
