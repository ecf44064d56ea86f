#include "experiments/config/measurements.h"

#include <catch2/catch.hpp>

#include "config_samples.h"

using namespace zipml;
using namespace zipml::testing;

namespace {

const char* const kErrors = R"({"kind": "gradient_error"})";
const char* const kLevels = R"({"kind": "level_histogram", "column": 2})";

}  // namespace

TEST_CASE("a run trains unless it says otherwise", "[config][measure]") {
  const RunSpec run = parsed(small_config()).runs.front();
  CHECK(run.measurement.kind == kTraining);
  CHECK(parse_json(run.resolved_json, "resolved")["measure"]["kind"] == "training");
}

TEST_CASE("a resolved config has the members that its run uses, and reads back", "[config][measure]") {
  for (const char* measure : {kErrors, kLevels}) {
    Json config = measuring_config(measure);
    if (measure == kLevels) config.erase("model");
    const RunSpec run = parsed(config).runs.front();
    const Json resolved = parse_json(run.resolved_json, "resolved");
    CHECK_FALSE(resolved.contains("solver"));
    CHECK_FALSE(resolved.contains("engine"));
    CHECK(resolved.contains("model") == (measure == kErrors));
    CHECK_FALSE(run.tune);
    const RunSpec again = run_from_resolved_json(run.resolved_json, "test");
    CHECK(again.id == run.id);
    CHECK(again.measurement.kind == run.measurement.kind);
  }
  CHECK(parsed(measuring_config(kErrors)).runs.front().measurement.parameters.integer("draws") == 16);
}

TEST_CASE("members that a run does not use are refused", "[config][measure][messages]") {
  Json config = measuring_config(kErrors);
  config["solver"] = {{"epochs", 3}};
  CHECK(error_of(config) ==
        "small.json: /solver: a run that measures \"gradient_error\" does not use it; allowed: dataset, "
        "preprocess, model, precision, measure");
  config = measuring_config(kLevels);
  CHECK(error_of(config) ==
        "small.json: /model: a run that measures \"level_histogram\" does not use it; allowed: dataset, "
        "preprocess, precision, measure");
}

TEST_CASE("wrong measurements are named", "[config][measure][messages]") {
  Json config = small_config();
  config["measure"] = "gradient_eror";
  CHECK(error_of(config).find("/measure: unknown kind \"gradient_eror\"; did you mean \"gradient_error\"?") !=
        std::string::npos);
  CHECK(error_of(measuring_config(R"({"kind": "level_histogram"})")).find("/measure/column: missing") !=
        std::string::npos);
  CHECK(error_of(measuring_config(R"({"kind": "gradient_error", "draws": 1})"))
            .find("/measure/draws: found 1") != std::string::npos);
}

TEST_CASE("what a measurement needs of the rest is checked", "[config][measure][messages]") {
  const auto refuses = [](Json config, const std::string& message) {
    INFO(message);
    CHECK(error_of(config).find(message) != std::string::npos);
  };
  Json config = measuring_config(kErrors);
  config["precision"]["gradient"] = {{"kind", "quantized"}, {"bits", 8}};
  refuses(config, "/precision/gradient: a run that measures \"gradient_error\" does not use this channel");
  config = measuring_config(kErrors);
  config["precision"]["samples"]["sampling"] = "once";
  refuses(config, "/precision/samples/sampling: a run that measures \"gradient_error\" needs new draws");
  config = measuring_config(kErrors);
  config["model"] = {{"kind", "least_squares"}, {"regularizer", {{"kind", "l2"}, {"weight", 0.1}}}};
  refuses(config, "/model/regularizer: a run that measures \"gradient_error\" looks at the loss alone");
  config = measuring_config(kLevels);
  config.erase("model");
  config["precision"]["samples"] = "full";
  refuses(config, "/precision/samples: a run that measures \"level_histogram\" needs levels, found \"full\"");
  config["precision"]["samples"] =
      parse_json(R"({"kind": "naive", "bits": 3, "levels": {"kind": "uniform", "scaling": "row"}})", "test");
  refuses(config,
          "/precision/samples/levels: a run that measures \"level_histogram\" needs the levels of a "
          "column, found row scaling");
}

TEST_CASE("every measurement says which members it uses", "[config][measure]") {
  for (const ComponentInfo& member : measurements().members) {
    const std::vector<std::string>& used = members_used(member.name);
    CHECK(std::find(used.begin(), used.end(), "measure") != used.end());
    const bool reads_data = std::find(used.begin(), used.end(), "dataset") != used.end();
    CHECK(reads_data == (member.name != kFpgaCycles));
  }
}
