#include <catch2/catch.hpp>

#include "config_samples.h"

using namespace zipml;
using namespace zipml::testing;

namespace {

Json network_config() {
  return parse_json(R"({
    "name": "small",
    "dataset": {"kind": "cifar10-like", "train_rows": 200, "test_rows": 100},
    "preprocess": {"features": "center", "intercept": false},
    "model": "cifar10_quick",
    "precision": {"weights": {"kind": "quantized", "bits": 3, "levels_count": 5, "levels": "optimal"}},
    "solver": {"iterations": 10}
  })",
                    "small.json");
}

void refuses(const char* pointer, const char* value, const std::string& message) {
  INFO(pointer << " = " << value);
  Json config = network_config();
  config[Json::json_pointer(pointer)] = parse_json(value, "test");
  CHECK(error_of(config) == "small.json: " + message);
}

}  // namespace

TEST_CASE("a network's config becomes a run that its resolved form describes", "[config]") {
  const Config config = parsed(network_config());
  REQUIRE(config.runs.size() == 1);
  const RunSpec& run = config.runs[0];
  REQUIRE(run.network);
  CHECK(run.model.kind == "cifar10_quick");
  CHECK(run.network->weights.parameters.text("rounding") == "stochastic");
  CHECK(run.network->solver.parameters.number("rate") == 0.001);
  CHECK(run.training.alpha == 0.001);
  CHECK_FALSE(run.tune);
  const RunSpec again = run_from_resolved_json(run.resolved_json, "test");
  CHECK(again.id == run.id);
  REQUIRE(again.network);
  CHECK(again.network->seed == 1);
  Json other = network_config();
  other["precision"] = Json::object();
  CHECK(parsed(other).runs[0].network->weights.kind == "full");
  CHECK(parsed(other).runs[0].id != run.id);
}

TEST_CASE("what does not fit a network is refused", "[config][messages]") {
  refuses(
      "/dataset", R"({"kind": "synthetic", "features": 10})",
      "/dataset: \"synthetic\" has no images of several classes, which the network \"cifar10_quick\" needs; "
      "allowed: mnist, cifar10, cifar10-like, mnist-like");
  refuses("/preprocess/intercept", "true",
          "/preprocess/intercept: found true with a network, whose layers have biases; allowed: false");
  refuses("/precision/samples", "\"full\"",
          "/precision/samples: unknown member \"samples\"; allowed: weights");
  refuses("/precision/weights/levels_count", "9",
          "/precision/weights/levels_count: found 9 levels with 3 bits; allowed: 5 to 8");
  refuses(
      "/precision/weights/levels", R"({"kind": "uniform", "scaling": "row"})",
      "/precision/weights/levels: found levels scaled by rows; allowed: levels of the tensor's own values");
  refuses("/solver/test_every", "250", "/solver/test_every: found 250; allowed: a multiple of display, 100");
  refuses("/solver/batch", "300", "/solver/batch: found 300 for 200 training rows; allowed: at most 200");
  refuses("/solver/epochs", "3",
          "/solver/epochs: unknown member \"epochs\"; allowed: iterations, late_iterations, batch, rate, "
          "bias_rate, "
          "momentum, weight_decay, display, test_every, kind");
  refuses(
      "/precision/weights/levels", R"({"kind": "given", "values": [0, 1, 2, 3, 4]})",
      "/precision/weights/levels: found \"given\" with a network, whose levels follow its weights in every "
      "iteration; allowed: another strategy");
  refuses("/precision/weights/columns_per_group", "2",
          "/precision/weights/columns_per_group: unknown member \"columns_per_group\"; allowed: bits, "
          "levels_count, levels, rounding, kind");
  refuses("/precision/labels", "\"full\"", "/precision/labels: unknown member \"labels\"; allowed: weights");
  refuses("/solver/probe", "{\"kind\": \"bias_and_noise\"}",
          "/solver/probe: unknown member \"probe\"; allowed: iterations, late_iterations, batch, rate, "
          "bias_rate, momentum, weight_decay, display, test_every, kind");
  refuses(
      "/fpga", R"({"design": "harp_q4"})",
      "/fpga: found {\"design\":\"harp_q4\"} with the network \"cifar10_quick\"; allowed: no FPGA, as the "
      "published engines train linear models only");
  refuses("/engine", "\"hogwild\"",
          "/engine: found \"hogwild\" with the network \"cifar10_quick\"; allowed: no engine, as LibTorch "
          "trains it");
}

TEST_CASE("networks are trained and nothing else is measured of them", "[config][messages]") {
  Json config = network_config();
  config.erase("solver");
  config["measure"] = "gradient_error";
  CHECK(error_of(config) ==
        "small.json: /measure: found \"gradient_error\" with the network \"cifar10_quick\"; allowed: "
        "\"training\"");
  const Json others[] = {{{"kind", "level_histogram"}, {"column", 1}},
                         {{"kind", "hardware_training"}, {"design", "harp_q8"}},
                         {{"kind", "fpga_cycles"}, {"features", 10}, {"rows", 10}}};
  for (const Json& other : others) {
    INFO(other);
    config["measure"] = other;
    CHECK(error_of(config).find("/model: a run that measures \"" + other["kind"].get<std::string>() +
                                "\" does not use it") != std::string::npos);
  }
  config["measure"] = "training";
  CHECK(parsed(config).runs.size() == 1);
}

TEST_CASE("linear models and image sets do not go together", "[config][messages]") {
  Json config = small_config();
  config["dataset"] = {{"kind", "mnist-like"}};
  config["model"] = "ls_svm";
  CHECK(
      error_of(config) ==
      "small.json: /model: \"ls_svm\" is a classification model, the data set \"mnist-like\" has multiclass "
      "labels; allowed: cifar10_quick");
}
