#include "experiments/config/config.h"

#include <catch2/catch.hpp>
#include <set>

#include "config_samples.h"

using namespace zipml;
using namespace zipml::testing;

TEST_CASE("a config without sweep is one run a seed, defaults written out", "[config]") {
  const Config config = parsed(small_config());
  CHECK(config.name == "small");
  CHECK(config.about == "a test");
  CHECK(config.figure == R"({"id":"fig4"})");
  REQUIRE(config.runs.size() == 2);
  const RunSpec& run = config.runs[0];
  CHECK(run.config_name == "small");
  CHECK(run.series.empty());
  CHECK(run.seed == 1);
  CHECK(run.training.seed == 1);
  CHECK(config.runs[1].seed == 2);
  CHECK(run.id.size() == 16);
  CHECK(run.id == sha256_hex(run.resolved_json).substr(0, 16));
  CHECK(run.id != config.runs[1].id);
  CHECK_FALSE(run.tune);
  CHECK(run.tuning_key.empty());
  CHECK(run.training.alpha == 0.1);
  CHECK(run.regularizer.kind == "none");
  CHECK(run.training.engine.kind == "synchronous");
  CHECK(run.training.gradient_channel.kind == "full");
  CHECK(run.training.model_channel.parameters.component("levels").parameters.text("scaling") == "row");
  CHECK(run.training.samples.parameters.component("levels").parameters.text("scaling") == "column");

  const Json resolved = parse_json(run.resolved_json, "resolved");
  CHECK(resolved.dump() == run.resolved_json);
  CHECK(resolved["config"] == "small");
  CHECK(resolved["panel"] == "");
  CHECK(resolved["seed"] == 1);
  CHECK(resolved["model"]["regularizer"]["kind"] == "none");
  CHECK(resolved["solver"]["batch"] == 16);
  CHECK(resolved["precision"]["samples"]["symmetrized"] == true);
}

TEST_CASE("alpha 'tune' gives a key that precision and seed do not change", "[config]") {
  Json config = small_config();
  config["solver"]["alpha"] = "tune";
  config["sweep"]["grid"]["/precision/samples/bits"] = {2, 4};
  const Config tuned = parsed(config);
  REQUIRE(tuned.runs.size() == 4);
  std::set<std::string> keys;
  for (const RunSpec& run : tuned.runs) {
    CHECK(run.tune);
    CHECK(run.training.alpha == 0.0);
    keys.insert(run.tuning_key);
  }
  REQUIRE(keys.size() == 1);
  CHECK(keys.begin()->size() == 16);
  config["solver"]["batch"] = 32;
  CHECK(parsed(config).runs[0].tuning_key != *keys.begin());
}

TEST_CASE("panels, series, grids, zips and seeds multiply", "[config][sweep]") {
  const Config config = parsed(sweep_config());
  // Panel a has 2 series, panel b 3; each with 3 batches, 2 zipped pairs and 2 seeds.
  REQUIRE(config.runs.size() == (2 + 3) * 3 * 2 * 2);
  CHECK(config.runs.front().panel == "a");
  CHECK(config.runs.front().series == "DS");
  CHECK(config.runs.front().training.samples.parameters.integer("bits") == 3);
  CHECK(config.runs.back().panel == "b");
  CHECK(config.runs.back().series == "naive");
  CHECK(config.runs.back().dataset.parameters.integer("features") == 20);
  CHECK(config.runs.back().seed == 2);
  std::set<std::string> ids;
  for (const RunSpec& run : config.runs) {
    ids.insert(run.id);
    const bool first_pair = run.training.alpha == 0.1;
    CHECK(run.training.solver.parameters.integer("epochs") == (first_pair ? 5 : 6));
    CHECK(run.dataset.parameters.integer("train_rows") == 10000);
  }
  CHECK(ids.size() == config.runs.size());
}

TEST_CASE("quick values apply at quick scale only, also inside the sweep", "[config][sweep]") {
  ConfigOptions quick;
  quick.scale = Scale::quick;
  const Config config = parsed(sweep_config(), quick);
  REQUIRE(config.runs.size() == (2 + 3) * 3 * 2);
  for (const RunSpec& run : config.runs) {
    CHECK(run.seed == 7);
    CHECK(run.training.solver.parameters.integer("epochs") <= 2);
    CHECK(run.dataset.parameters.integer("train_rows") == (run.panel == "b" ? 500 : 10000));
  }
}

TEST_CASE("a series' own grid varies nothing else", "[config][sweep]") {
  Json config = small_config();
  config["sweep"]["series"] = {{{"name", "32-bit"}, {"set", {{"/precision/samples", "full"}}}},
                               {{"name", "DS"}, {"grid", {{"/precision/samples/bits", {1, 2, 3}}}}}};
  CHECK(parsed(config).runs.size() == 2 * (1 + 3));
}

TEST_CASE("values are set into short forms and missing members", "[config][sweep]") {
  Json config = small_config();
  config["model"] = "least_squares";
  config.erase("precision");
  ConfigOptions options;
  options.assignments = {"/model/regularizer={\"kind\": \"l2\", \"weight\": 0.5}",
                         "/precision/samples/kind=naive", "/precision/samples/bits=2", "/seeds=[5]"};
  const Config changed = parsed(config, options);
  REQUIRE(changed.runs.size() == 1);
  CHECK(changed.runs[0].regularizer.parameters.number("weight") == 0.5);
  CHECK(changed.runs[0].training.samples.kind == "naive");
  CHECK(changed.runs[0].seed == 5);
}

TEST_CASE("--seeds replaces the seeds", "[config]") {
  ConfigOptions options;
  options.seeds = 4;
  CHECK(parsed(small_config(), options).runs.size() == 4);
}

TEST_CASE("equal runs are merged, with a note", "[config][sweep]") {
  Json config = small_config();
  config["sweep"]["grid"]["/solver/batch"] = {8, 8, 16};
  const Config merged = parsed(config);
  CHECK(merged.runs.size() == 4);
  REQUIRE(merged.notes.size() == 1);
  CHECK(merged.notes[0] == "small.json: 2 runs are equal to others and run only once");
}

TEST_CASE("a value set by hand that the sweep covers is noted", "[config][sweep]") {
  ConfigOptions options;
  options.assignments = {"/solver/alpha=0.5"};
  const Config config = parsed(sweep_config(), options);
  REQUIRE(config.notes.size() == 2);
  CHECK(config.notes[0] ==
        "small.json: --set /solver/alpha is set again at /sweep/zip/~1solver~1alpha/0, which wins there");
}

TEST_CASE("the data set that is really loaded is in the identity", "[config]") {
  Json config = small_config();
  config["dataset"] = "cadata";
  const Config missing = parsed(config);
  CHECK(missing.runs[0].dataset.kind == "cadata-like");
  CHECK(parse_json(missing.runs[0].resolved_json, "r")["dataset"]["kind"] == "cadata-like");
}

TEST_CASE("a resolved config reads back into the same run", "[config]") {
  for (const RunSpec& run : parsed(sweep_config()).runs) {
    const RunSpec again = run_from_resolved_json(run.resolved_json, "result.h5");
    CHECK(again.id == run.id);
    CHECK(again.resolved_json == run.resolved_json);
    CHECK(again.panel == run.panel);
    CHECK(again.series == run.series);
    CHECK(again.config_name == run.config_name);
    CHECK(again.seed == run.seed);
    CHECK(again.training.alpha == run.training.alpha);
  }
}

TEST_CASE("a damaged resolved config is refused", "[config]") {
  const std::string good = parsed(small_config()).runs[0].resolved_json;
  Json json = parse_json(good, "r");
  json.erase("seed");
  json["extra"] = 1;
  CHECK_THROWS_WITH(
      run_from_resolved_json(json.dump(), "r.h5"),
      Catch::Contains("r.h5: /seed: missing") && Catch::Contains("r.h5: /extra: unknown member"));
  CHECK_THROWS_AS(run_from_resolved_json("[]", "r.h5"), InputError);
  CHECK_THROWS_AS(run_from_resolved_json(good.substr(0, good.size() / 2), "r.h5"), InputError);
}

TEST_CASE("two configs of one name are refused", "[config]") {
  CHECK_THROWS_WITH(load_configs({"no-such-a.json", "no-such-b.json"}, {}),
                    "no-such-a.json: no such file\nno-such-b.json: no such file");
}

TEST_CASE("sha256 is the standard one", "[config]") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
