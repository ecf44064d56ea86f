#include "experiments/config/fpga_reader.h"

#include <catch2/catch.hpp>

#include "config_samples.h"
#include "experiments/config/measurements.h"
#include "tests/e2e/process.h"

using namespace zipml;
using namespace zipml::testing;

namespace {

Json shape_config() {
  return parse_json(R"({"name": "shape", "measure": {"kind": "fpga_cycles", "features": 101, "rows": 1000},
                        "fpga": {"design": "harp_q2"}})",
                    "test");
}

void refuses(const Json& config, const std::string& message) {
  INFO(message);
  CHECK_THAT(error_of(config), Catch::Contains(message));
}

}  // namespace

TEST_CASE("a run without fpga has no such member in its resolved config", "[config][fpga]") {
  const RunSpec run = parsed(small_config()).runs.front();
  CHECK_FALSE(run.fpga);
  CHECK_FALSE(parse_json(run.resolved_json, "resolved").contains("fpga"));
}

TEST_CASE("a resolved config has the whole board, and reads back", "[config][fpga]") {
  const RunSpec run = parsed(timed_config()).runs.front();
  const Json resolved = parse_json(run.resolved_json, "resolved")["fpga"];
  CHECK(resolved["design"] == Json{{"kind", "harp_q2"}});
  CHECK(resolved["platform"]["clock_hz"] == 200e6);
  CHECK(resolved["platform"]["memory"]["rate"] == Json{1, 1});
  CHECK(resolved["platform"]["memory"]["latency_cycles"] == 40);
  CHECK(run_from_resolved_json(run.resolved_json, "test").id == run.id);
  CHECK(run.id != parsed(small_config()).runs.front().id);
  CHECK(parsed(timed_config()).notes.empty());
}

TEST_CASE("a platform file is relative to the config, and may be changed in part", "[config][fpga]") {
  const TemporaryFolder folder;
  write_text(folder / "boards/slow.json", R"({"name": "slow", "clock_hz": 1e6, "memory": {"rate": [1, 3]}})");
  Json config = timed_config();
  config["fpga"]["platform"] = "../boards/slow.json";
  write_text(folder / "configs/timed.json", config.dump());
  const Config from_file = load_config(folder / "configs/timed.json", {});
  CHECK(from_file.runs.front().fpga->platform.name == "slow");
  CHECK(from_file.runs.front().fpga->platform.memory.rate_cycles == 3);
  CHECK(from_file.runs.front().fpga->platform.memory.latency_cycles == 40);

  config["sweep"] = parse_json(R"({"grid": {"/fpga/platform/memory/rate": [[1, 2], [1, 1]]},
                                   "series": [{"name": "fast", "set": {"/fpga/platform/clock_hz": 2e6}},
                                              {"name": "float", "set": {"/fpga/design": "harp_float"}}]})",
                               "test");
  write_text(folder / "configs/timed.json", config.dump());
  const Config swept = load_config(folder / "configs/timed.json", {});
  REQUIRE(swept.runs.size() == 8);
  CHECK(swept.runs[0].fpga->platform.name == "slow");
  CHECK(swept.runs[0].fpga->platform.clock_hz == 2e6);
  CHECK(swept.runs[0].fpga->platform.memory.rate_cycles == 2);
  CHECK(swept.runs[7].fpga->design.kind == "harp_float");
  CHECK(swept.runs[7].fpga->platform.clock_hz == 1e6);

  write_text(folder / "boards/slow.json", R"({"clock_hz": 0})");
  try {
    load_config(folder / "configs/timed.json", {});
    FAIL("a clock of 0 was taken");
  } catch (const InputError& error) {
    CHECK_THAT(error.what(),
               Catch::Contains("/fpga/platform") && Catch::Contains("slow.json: /clock_hz: found 0"));
  }
}

TEST_CASE("wrong engines and boards are named", "[config][fpga][messages]") {
  Json config = timed_config();
  config["fpga"]["design"] = "harp_q3";
  refuses(config, "small.json: /fpga/design: unknown kind \"harp_q3\"; did you mean \"harp_q8\"?");
  config["fpga"] = {{"design", {{"kind", "harp_q2"}, {"bits", 2}}}};
  refuses(config, "small.json: /fpga/design/bits: unknown member");
  config["fpga"] = {{"design", "harp_q2"}, {"platfrom", "x"}};
  refuses(config, "small.json: /fpga/platfrom: unknown member \"platfrom\"; did you mean \"platform\"?");
  config["fpga"] = "harp_q2";
  refuses(config,
          "small.json: /fpga: found \"harp_q2\"; allowed: an object with \"design\" and \"platform\"");
  config["fpga"] = {{"design", "harp_q2"}, {"platform", "nowhere/board.json"}};
  refuses(config, "small.json: /fpga/platform: nowhere/board.json");
  config["fpga"] = {{"design", "harp_q2"}, {"platform", 7}};
  refuses(config, "small.json: /fpga/platform: found 7; allowed: the name of a platform file, or an object");
  config["fpga"] = {{"design", "harp_q2"}, {"platform", {{"memory", {{"rate", {2, 1}}}}}}};
  refuses(config, "small.json: /fpga/platform/memory/rate: found [2,1]");
}

TEST_CASE("a shape that the engine cannot run is refused before anything runs", "[config][fpga][messages]") {
  Json config = timed_config();
  config["dataset"]["features"] = 8192;
  refuses(config,
          "small.json: /fpga: harp_q2: features: found 8193, allowed 1..8192 (the model store holds 8192 "
          "values); the run has 10000 rows of 8193 features (a bias feature counts)");
  config["preprocess"]["intercept"] = false;
  CHECK(error_of(config).empty());
  config["fpga"]["design"] = "pynq_float";  // fits the store, overflows the sample FIFO
  config["dataset"]["features"] = 4094;
  refuses(config, "small.json: /fpga: pynq_float: ");
  config = timed_config();
  config["fpga"]["design"] = {{"kind", "mlweaving"}, {"bits", 8}};
  config["dataset"]["train_rows"] = 1001;
  refuses(config, "mlweaving: rows: found 1001, allowed multiples of 8");
  Json shape = shape_config();
  shape["measure"]["features"] = 9000;
  shape["fpga"]["design"] = "harp_float";
  refuses(shape, "small.json: /fpga: harp_float: features: found 9000");
}

TEST_CASE("the shape counts the bias, the rows in use and stand-ins", "[config][fpga]") {
  Json config = timed_config();
  config["dataset"] = {{"kind", "cadata"}, {"train_rows", 100}};
  RunSpec run = parsed(config).runs.front();
  REQUIRE(run.dataset.kind == "cadata-like");
  REQUIRE(known_shape(run));
  CHECK(known_shape(run)->features == 9);
  CHECK(known_shape(run)->rows == 100);
  CHECK(known_shape(run)->epochs == 3);
  CHECK(known_shape(run)->batch == 16);
  config["dataset"]["train_rows"] = 0;
  CHECK(known_shape(parsed(config).runs.front())->rows == 10000);
  run.dataset.kind = "csv";
  run.dataset.parameters = {};
  CHECK_FALSE(known_shape(run));
}

TEST_CASE("what is trained otherwise than timed is noted", "[config][fpga]") {
  CHECK(fpga_differences(parsed(timed_config()).runs.front()).empty());
  Json config = small_config();
  config["model"] = {{"kind", "least_squares"}, {"regularizer", {{"kind", "l2"}, {"weight", 0.1}}}};
  config["fpga"] = {{"design", "harp_q2"}};
  CHECK(parsed(config).notes ==
        std::vector<std::string>{
            "small.json: /fpga: timed on harp_q2, but its model channel is quantized, the engine's is 32-bit "
            "fixed point",
            "small.json: /fpga: timed on harp_q2, but the engine has no regularizer, the run has \"l2\"",
            "small.json: /fpga: timed on harp_q2, but the samples have 4 bits, the engine reads 2"});
  config = timed_config();
  config["precision"]["samples"]["levels_count"] = 4;
  CHECK(fpga_differences(parsed(config).runs.front()) ==
        std::vector<std::string>{"the samples have 4 levels, the engine's codes 3"});
  config["fpga"]["design"] = "pynq_q2";
  CHECK(fpga_differences(parsed(config).runs.front()).front() ==
        "the samples are \"double_sampling\", the engine reads one draw of a value");
  config["precision"]["samples"] = "full";
  CHECK(fpga_differences(parsed(config).runs.front()) ==
        std::vector<std::string>{"the samples have 32 bits, the engine reads 2"});
  config["fpga"]["design"] = "harp_float";
  CHECK(fpga_differences(parsed(config).runs.front()).empty());
}

TEST_CASE("a shape alone is measured without data", "[config][fpga][measure]") {
  const RunSpec run = parsed(shape_config()).runs.front();
  CHECK(run.measurement.kind == kFpgaCycles);
  CHECK(known_shape(run)->features == 101);
  const Json resolved = parse_json(run.resolved_json, "resolved");
  CHECK_FALSE(resolved.contains("dataset"));
  CHECK(resolved["measure"]["batch"] == 16);
  CHECK(run_from_resolved_json(run.resolved_json, "test").id == run.id);
  Json config = shape_config();
  config.erase("fpga");
  refuses(config, "small.json: /fpga: missing; a run that measures \"fpga_cycles\" needs it");
  config = shape_config();
  config["dataset"] = "cadata";
  refuses(config, "small.json: /dataset: a run that measures \"fpga_cycles\" does not use it");
  config = measuring_config();
  config["fpga"] = {{"design", "harp_q2"}};
  refuses(config, "small.json: /fpga: a run that measures \"gradient_error\" does not use it");
}
