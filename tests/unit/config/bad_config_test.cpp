#include <algorithm>
#include <catch2/catch.hpp>

#include "config_samples.h"

using namespace zipml;
using namespace zipml::testing;

namespace {

// The small config with the value at the pointer replaced, and the exact message that this must cause.
void refuses(const char* pointer, const char* value, const std::string& message) {
  INFO(pointer << " = " << value);
  Json config = small_config();
  config[Json::json_pointer(pointer)] = parse_json(value, "test");
  CHECK(error_of(config) == message);
}

}  // namespace

TEST_CASE("members of a config itself", "[config][messages]") {
  const std::string name =
      "; allowed: lower-case letters, digits, '-' and '_', beginning with a letter or digit, "
      "at most 64 characters";
  refuses("/name", "\"Fig 4\"", "small.json: /name: found \"Fig 4\"" + name);
  refuses("/name", "\"../x\"", "small.json: /name: found \"../x\"" + name);
  refuses("/name", "4", "small.json: /name: found 4" + name);
  refuses("/about", "[]", "small.json: /about: found []; allowed: text");
  refuses("/fpga", "{}",
          "small.json: /fpga/design/kind: missing; allowed: harp_float, harp_q8, harp_q4, harp_q2, harp_q1, "
          "pynq_float, pynq_q8, pynq_q4, pynq_q2, pynq_q1, mlweaving");
  refuses("/figure", "\"fig4\"", "small.json: /figure: found \"fig4\"; allowed: an object with \"id\"");
  refuses("/figure/id", "7", "small.json: /figure/id: found 7; allowed: a figure's name, such as \"fig4\"");
  refuses("/figure/log", "true", "small.json: /figure/log: found true; allowed: text, a number or a list");
  refuses(
      "/sedes", "3",
      "small.json: /sedes: unknown member \"sedes\"; did you mean \"seeds\"?; allowed: $schema, name, about, "
      "dataset, preprocess, model, precision, solver, engine, measure, seeds, sweep, quick, figure, fpga");
}

TEST_CASE("seeds", "[config][messages]") {
  const std::string allowed =
      "; allowed: a list of distinct integers of at least 0, or an integer N in [1, 10000] for the seeds 1 "
      "to N";
  for (const char* value : {"0", "-1", "4.0", "10001", "[]", "\"3\"", "true", "null"}) {
    refuses("/seeds", value, "small.json: /seeds: found " + std::string(value) + allowed);
  }
  refuses("/seeds", "[1, -2]", "small.json: /seeds/1: found -2; allowed: an integer of at least 0");
  refuses("/seeds", "[1, 2.5]", "small.json: /seeds/1: found 2.5; allowed: an integer of at least 0");
  refuses("/seeds", "[3, 3]", "small.json: /seeds/1: the seed 3 is there already; allowed: distinct seeds");
}

TEST_CASE("parts of a run", "[config][messages]") {
  refuses("/model", "\"least_square\"",
          "small.json: /model: unknown kind \"least_square\"; did you mean \"least_squares\"?; allowed: "
          "least_squares, ls_svm, hinge, squared_hinge, logistic, huber, cifar10_quick");
  refuses("/model", "{\"kind\": \"least_squares\", \"regulariser\": \"l2\"}",
          "small.json: /model/regulariser: unknown member \"regulariser\"; did you mean \"regularizer\"?; "
          "allowed: "
          "regularizer, kind");
  refuses("/precision/samples/bits", "0",
          "small.json: /precision/samples/bits: found 0; allowed: an integer in [1, 16]");
  refuses("/precision/samples/bits", "4.7",
          "small.json: /precision/samples/bits: found 4.7; allowed: an integer in [1, 16]");
  refuses("/precision/samples/bits", "\"4\"",
          "small.json: /precision/samples/bits: found \"4\"; allowed: an integer in [1, 16]");
  refuses(
      "/precision/samples", "\"double_sampling\"",
      "small.json: /precision/samples/bits: missing; \"double_sampling\" needs it: an integer in [1, 16]");
  refuses(
      "/precision/gradients", "\"full\"",
      "small.json: /precision/gradients: unknown member \"gradients\"; did you mean \"gradient\"?; allowed: "
      "samples, model, gradient, labels");
  refuses("/precision", "4", "small.json: /precision: found 4; allowed: an object");
  refuses("/solver/alpha", "0",
          "small.json: /solver/alpha: found 0; allowed: a number in (0, 1e+06], or \"tune\"");
  refuses("/solver/alpha", "\"tuned\"",
          "small.json: /solver/alpha: found \"tuned\"; did you mean \"tune\"?; allowed: a number in (0, "
          "1e+06], or "
          "\"tune\"");
  refuses(
      "/solver/alhpa", "0.1",
      "small.json: /solver/alhpa: unknown member \"alhpa\"; did you mean \"alpha\"?; allowed: epochs, batch, "
      "alpha, tune_grid, schedule, order, probe, kind");
  refuses("/solver", "{}", "small.json: /solver/epochs: missing; \"sgd\" needs it: an integer in [1, 1e+06]");
  refuses("/engine", "{\"kind\": \"hogwild\", \"threads\": 1}",
          "small.json: /engine/threads: found 1; allowed: an integer in [2, 1024]");
  refuses("/engine", "\"hogwild\"",
          "small.json: /engine/threads: missing; \"hogwild\" needs it: an integer in [2, 1024]");
  refuses("/preprocess", "{\"intercept\": 1}",
          "small.json: /preprocess/intercept: found 1; allowed: true or false");
  refuses("/preprocess", "\"none\"", "small.json: /preprocess: found \"none\"; allowed: an object");
}

TEST_CASE("combinations that do not fit", "[config][messages]") {
  refuses(
      "/model", "\"ls_svm\"",
      "small.json: /model: \"ls_svm\" is a classification model, the data set \"synthetic\" has regression "
      "labels; allowed: least_squares, huber");
  refuses("/dataset", "\"cod-rna\"",
          "small.json: /model: \"least_squares\" is a regression model, the data set \"cod-rna\" has "
          "classification "
          "labels; allowed: ls_svm, hinge, squared_hinge, logistic");
  refuses("/solver/batch", "10001",
          "small.json: /solver/batch: found 10001 for 10000 training rows; allowed: at most 10000");
  refuses("/precision/samples/levels_count", "8",
          "small.json: /precision/samples/levels_count: found 8 levels with 4 bits; allowed: 9 to 16");
  refuses("/precision/samples", R"({"kind": "naive", "bits": 1, "levels": {"grid": "mid-tread"}})",
          "small.json: /precision/samples/levels/grid: found \"mid-tread\" with 2 levels; allowed: at least "
          "3 levels "
          "(2 bits), or \"mid-rise\"");
  refuses(
      "/precision/samples/levels", R"({"scaling": "min_max", "grid": "mid-tread"})",
      "small.json: /precision/samples/levels/grid: found \"mid-tread\" with the scaling \"min_max\", whose "
      "levels need not lie around 0; allowed: \"mid-rise\", or another scaling");
  const std::string not_fitted = ": found together with levels that are not fitted to columns; allowed: ";
  refuses("/precision/samples",
          R"({"kind": "naive", "bits": 4, "levels": {"scaling": "row"}, "columns_per_group": "all"})",
          "small.json: /precision/samples/columns_per_group" + not_fitted + "1");
  refuses("/precision/samples",
          R"({"kind": "naive", "bits": 4, "levels": {"scaling": "row"}, "sample_rows": 5})",
          "small.json: /precision/samples/sample_rows" + not_fitted + "0");
  refuses("/precision/samples", R"({"kind": "naive", "bits": 4, "columns_per_group": 0})",
          "small.json: /precision/samples/columns_per_group: found 0; allowed: an integer in [1, 1e+09], or "
          "\"all\"");
  refuses(
      "/precision/model/levels", R"({"kind": "uniform", "scaling": "column"})",
      "small.json: /precision/model/levels: found levels that are fitted to columns of samples; allowed: row "
      "scaling, {\"kind\": \"uniform\", \"scaling\": \"row\"}, as the range of this vector moves");
  for (const char* given :
       {R"({"kind": "given", "path": "no-such-file"})", R"({"kind": "given", "values": [0, 1]})"}) {
    Json model = small_config();
    model["precision"]["model"] = {{"kind", "quantized"}, {"bits", 1}, {"levels", parse_json(given, "test")}};
    CHECK_THAT(error_of(model),
               Catch::Contains("small.json: /precision/model/levels: found levels that are fitted"));
  }
  Json config = small_config();
  config["dataset"] = "cod-rna";
  config["model"] = "ls_svm";
  config["preprocess"]["labels"] = "scale";
  CHECK(error_of(config) ==
        "small.json: /preprocess/labels: found \"scale\" for the classification labels of \"cod-rna\", which "
        "stay -1 "
        "and +1; allowed: \"none\"");
}

// The config of an SVM with these samples.
std::string svm_error(const char* samples, const char* model = "hinge") {
  Json config = small_config();
  config["dataset"] = "cod-rna";
  config["model"] = model;
  config["precision"]["samples"] = parse_json(samples, "test");
  return error_of(config);
}

TEST_CASE("non-linear models and refetching", "[config][messages]") {
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 4})").empty());
  CHECK(svm_error(R"({"kind": "refetch_l1", "bits": 4})").empty());
  CHECK(svm_error(R"({"kind": "refetch_l2", "bits": 4})").empty());
  const std::string at = "small.json: /precision/samples/";
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 4, "degree": 0})") ==
        at + "degree: found 0; allowed: an integer in [1, 31]");
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 4, "degree": 32})") ==
        at + "degree: found 32; allowed: an integer in [1, 31]");
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 12})") ==
        at + "bits: found 12; allowed: an integer in [1, 11]");
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 4, "radius": 0})") ==
        at + "radius: found 0; allowed: a number in (0, 1e+06], or \"estimate\"");
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 4, "radius": "estimated"})") ==
        at + "radius: found \"estimated\"; did you mean \"estimate\"?; allowed: a number in (0, 1e+06], or "
             "\"estimate\"");
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 4, "delta": -0.5})") ==
        at + "delta: found -0.5; allowed: a number in (0, 1e+06], or \"best\"");
  CHECK(svm_error(R"({"kind": "chebyshev", "bits": 4, "delta": 2.5, "radius": 2})") ==
        at + "delta: found 2.5 with a radius of 2.0; allowed: below the radius");
  CHECK(svm_error(R"({"kind": "refetch_l2", "bits": 4, "sketch": 0})") ==
        at + "sketch: found 0; allowed: an integer in [1, 65536]");
  CHECK(svm_error(R"({"kind": "refetch_l2", "bits": 4, "sketch_bits": 17})") ==
        at + "sketch_bits: found 17; allowed: an integer in [1, 16]");
  CHECK(svm_error(R"({"kind": "refetch_l1", "bits": 4, "levels": {"kind": "uniform", "scaling": "row"}})") ==
        at + "levels: found row scaling; allowed: levels of columns, as the bound adds up the steps of the "
             "columns");
  CHECK(svm_error(R"({"kind": "refetch_l1", "bits": 4})", "logistic") ==
        "small.json: /precision/samples: \"refetch_l1\" needs a loss whose slope is a step, such as "
        "\"hinge\", and \"logistic\" is not such a loss; allowed: full, naive, deterministic, chebyshev");
  CHECK(svm_error(R"({"kind": "double_sampling", "bits": 4})") ==
        "small.json: /precision/samples: \"double_sampling\" is unbiased only where the loss is quadratic in "
        "a'x, and \"hinge\" is not such a loss; allowed: full, naive, deterministic, chebyshev, refetch_l1, "
        "refetch_l2");
  refuses(
      "/solver/probe", R"({"kind": "bias_and_noise"})",
      "small.json: /solver/probe/estimator: missing; \"bias_and_noise\" needs it: an object with \"kind\", "
      "or one of full, naive, deterministic, double_sampling, chebyshev, refetch_l1, refetch_l2");
  refuses("/solver/probe", R"({"kind": "bias_and_noise", "estimator": {"kind": "refetch_l1", "bits": 4}})",
          "small.json: /solver/probe/estimator: \"refetch_l1\" needs a loss whose slope is a step, such as "
          "\"hinge\", and \"least_squares\" is not such a loss; allowed: full, naive, deterministic, "
          "double_sampling, chebyshev");
  refuses("/model", R"({"kind": "huber", "threshold": 0})",
          "small.json: /model/threshold: found 0; allowed: a number in (0, 1e+30]");
}

TEST_CASE("what does not fit a reconstruction", "[config][messages]") {
  Json config = small_config();
  config["dataset"] = {{"kind", "tomography"}, {"size", 8}, {"angles", 4}};
  config["preprocess"] = {{"features", "none"}, {"intercept", false}};
  config["precision"] = {{"labels", {{"kind", "quantized"}, {"bits", 12}}}};
  CHECK(parse_config(config.dump(), "small.json", {}).runs.size() == 2);  // two seeds
  const auto message = [&](const char* pointer, const char* value) {
    Json changed = config;
    changed[Json::json_pointer(pointer)] = parse_json(value, "test");
    return error_of(changed);
  };
  CHECK(
      message("/preprocess", "{}") ==
      "small.json: /preprocess/features: found \"standardize\" for the data set \"tomography\"; allowed: "
      "\"none\"\nsmall.json: /preprocess/intercept: found \"true\" for the data set \"tomography\"; allowed: "
      "false");
  CHECK(message("/engine", R"({"kind": "hogwild", "threads": 2})") ==
        "small.json: /engine: found \"hogwild\" for the data set \"tomography\"; allowed: \"synchronous\"");
  CHECK(message("/solver/batch", "33") ==
        "small.json: /solver/batch: found 33 for 32 rays of a slice; allowed: at most 32");
  CHECK(message("/dataset/phantom", "\"thorx\"").find("thorax") != std::string::npos);
  refuses("/precision/labels", R"({"kind": "quantized", "bits": 12})",
          "small.json: /precision/labels: found \"quantized\" for the data set \"synthetic\"; allowed: "
          "\"full\", or the data set \"tomography\"");
}

TEST_CASE("missing members", "[config][messages]") {
  const std::string all = error_of(Json::object());
  CHECK(all.find("small.json: /name: missing; allowed: ") == 0);
  CHECK(all.find("\nsmall.json: /dataset: missing; allowed: an object with \"kind\", or one of synthetic") !=
        std::string::npos);
  CHECK(all.find("\nsmall.json: /model: missing; allowed: an object with \"kind\", or one of least_squares, "
                 "ls_svm") != std::string::npos);
  CHECK(all.find("\nsmall.json: /solver/epochs: missing; ") != std::string::npos);
  CHECK(error_of(Json::array()) == "small.json: found []; allowed: an object");
}

TEST_CASE("the form of a sweep", "[config][messages]") {
  const std::string places =
      "; allowed: dataset, preprocess, model, precision, solver, engine, measure, fpga, and what is below "
      "them";
  refuses("/sweep", "[]", "small.json: /sweep: found []; allowed: an object");
  refuses("/sweep", R"({"gird": {}})",
          "small.json: /sweep/gird: unknown member \"gird\"; did you mean \"grid\"?; allowed: grid, zip, "
          "series, panels");
  refuses("/sweep", R"({"grid": {"/solver/alpha": 0.1}})",
          "small.json: /sweep/grid/~1solver~1alpha: found 0.1; allowed: a list of values, at least one");
  refuses("/sweep", R"({"grid": {"solver/alpha": [1]}})",
          "small.json: /sweep/grid/solver~1alpha: \"solver/alpha\" is not a JSON pointer; it must begin with "
          "'/', as in "
          "\"/solver/alpha\"");
  refuses("/sweep", R"({"grid": {"/slover/alpha": [1]}})",
          "small.json: /sweep/grid/~1slover~1alpha: a sweep cannot set \"/slover/alpha\"; did you mean "
          "\"solver\"?" +
              places);
  refuses("/sweep", R"({"grid": {"/seeds": [1]}})",
          "small.json: /sweep/grid/~1seeds: a sweep cannot set \"/seeds\"" + places);
  refuses("/sweep", R"({"zip": {"/solver/alpha": [1, 2], "/solver/epochs": [1]}})",
          "small.json: /sweep/zip: found lists of 2 and 1 values; allowed: lists of equal length");
  refuses("/sweep", R"({"series": []})",
          "small.json: /sweep/series: found []; allowed: a list of objects, at least one");
  refuses("/sweep", R"({"series": [{"set": {}}]})",
          "small.json: /sweep/series/0/name: missing; allowed: text that is not empty, without control "
          "characters");
  refuses("/sweep", R"({"series": [{"name": "x"}, {"name": "x"}]})",
          "small.json: /sweep/series/1/name: the name \"x\" is taken; allowed: names that differ");
  refuses("/sweep", R"({"series": [{"name": "x"}], "panels": [{"name": "a", "series": [{"name": "x"}]}]})",
          "small.json: /sweep/panels/0/series/0/name: the name \"x\" is taken; allowed: names that differ");
  refuses("/sweep",
          R"({"grid": {"/solver/alpha": [1]}, "series": [{"name": "x", "set": {"/solver/alpha": 2}}]})",
          "small.json: /sweep/grid/~1solver~1alpha: /solver/alpha is also set at "
          "/sweep/series/0/set/~1solver~1alpha; allowed: one of them");
}

TEST_CASE("errors of expanded runs name the place that set the value", "[config][messages]") {
  refuses("/sweep", R"({"grid": {"/solver/alpha": [0.1, -1]}})",
          "small.json: /sweep/grid/~1solver~1alpha/1 (sets /solver/alpha): found -1; allowed: a number in "
          "(0, 1e+06], "
          "or \"tune\"");
  refuses("/sweep", R"({"series": [{"name": "x", "set": {"/solver/alhpa": 1}}]})",
          "small.json: /sweep/series/0/set/~1solver~1alhpa (sets /solver/alhpa): unknown member \"alhpa\"; "
          "did you mean "
          "\"alpha\"?; allowed: epochs, batch, alpha, tune_grid, schedule, order, probe, kind");
  refuses("/sweep",
          R"({"panels": [{"name": "x", "set": {"/precision/samples": {"kind": "naive", "bits": 99}}}]})",
          "small.json: /sweep/panels/0/set/~1precision~1samples/bits (sets /precision/samples/bits): found "
          "99; allowed: "
          "an integer in [1, 16]");
  refuses("/sweep", R"({"grid": {"/solver/alpha/x": [1]}})",
          "small.json: /sweep/grid/~1solver~1alpha~1x/0: /solver/alpha is 0.1, nothing can be set inside it");
}

TEST_CASE("an error that all runs of a sweep share is reported once", "[config][messages]") {
  Json config = small_config();
  config["solver"]["alpha"] = -1;
  config["sweep"]["grid"]["/solver/batch"] = {1, 2, 3};
  CHECK(error_of(config) ==
        "small.json: /solver/alpha: found -1; allowed: a number in (0, 1e+06], or \"tune\"");
}

TEST_CASE("errors of quick values and --set name their place", "[config][messages]") {
  ConfigOptions quick;
  quick.scale = Scale::quick;
  Json config = small_config();
  config["quick"] = {{"/solver/epochs", 0}};
  CHECK(error_of(config).empty());
  CHECK(error_of(config, quick) ==
        "small.json: /quick/~1solver~1epochs (sets /solver/epochs): found 0; allowed: an integer in [1, "
        "1e+06]");
  config["quick"] = {{"/name", "x"}};
  CHECK(error_of(config, quick) ==
        "small.json: /quick/~1name: nothing can be set at \"/name\"; allowed: dataset, preprocess, model, "
        "precision, "
        "solver, engine, measure, seeds, sweep, fpga, and what is below them");
  config = small_config();
  ConfigOptions set;
  set.assignments = {"/solver/alhpa=1"};
  CHECK(error_of(config, set).find("small.json: --set /solver/alhpa (sets /solver/alhpa): unknown member") ==
        0);
  set.assignments = {"/solver/schedule=fast"};
  CHECK(error_of(config, set) ==
        "small.json: --set /solver/schedule (sets /solver/schedule): found \"fast\"; allowed: "
        "\"inverse_epoch\", "
        "\"inverse_sqrt\", \"constant\"");
  set.assignments = {"/solver/alpha"};
  CHECK(error_of(config, set) ==
        "small.json: --set /solver/alpha: found no '='; allowed: /json/pointer=VALUE");
  set.assignments = {"solver/alpha=1"};
  CHECK(
      error_of(config, set) ==
      "small.json: --set solver/alpha: \"solver/alpha\" is not a JSON pointer; it must begin with '/', as in "
      "\"/solver/alpha\"");
  set.assignments = {"/solver={\"kind\": \"sgd\","};
  CHECK(error_of(config, set).find("small.json: --set /solver:1:") == 0);
}

TEST_CASE("a sweep beyond all measure is refused before it is expanded", "[config][messages]") {
  Json config = small_config();
  const Json many = Json(std::vector<int>(1000, 1));
  config["sweep"]["grid"] = {{"/solver/batch", many}, {"/solver/epochs", many}, {"/solver/alpha", many}};
  CHECK(error_of(config) == "small.json: /sweep: expands to more than 20000 runs; allowed: fewer");
  config["sweep"]["grid"] = {{"/solver/batch", many}};
  config["seeds"] = 10000;
  CHECK(error_of(config) == "small.json: /sweep: expands to more than 20000 runs; allowed: fewer");
  config.erase("sweep");
  CHECK(parsed(config).runs.size() == 10000);
}

TEST_CASE("every error of a config is reported", "[config][messages]") {
  Json config = small_config();
  config["name"] = 1;
  config["solver"]["alpha"] = -1;
  config["preprocess"]["features"] = "standardise";
  config["seeds"] = "x";
  const std::string all = error_of(config);
  CHECK(std::count(all.begin(), all.end(), '\n') == 3);
  CHECK(all.find("/preprocess/features: found \"standardise\"; did you mean \"standardize\"?") !=
        std::string::npos);
}

TEST_CASE("what the fused engine cannot decode", "[config][messages]") {
  const auto refused = [](const char* samples, const char* engine = "\"fused\"") {
    Json config = small_config();
    config["engine"] = parse_json(engine, "test");
    config["precision"]["samples"] = parse_json(samples, "test");
    return error_of(config);
  };
  const std::string with = " together with the engine \"fused\"";
  CHECK(refused(R"({"kind": "naive", "bits": 9})") ==
        "small.json: /precision/samples/bits: found 9" + with + "; allowed: 1 to 8");
  const std::string all = refused(R"({"kind": "chebyshev", "bits": 4, "degree": 3})");
  INFO(all);
  CHECK(all.find("small.json: /precision/samples: found \"chebyshev\"" + with +
                 "; allowed: full, naive, deterministic, double_sampling") != std::string::npos);
  for (const char* engine : {"\"fused\"", R"({"kind": "local_sgd", "replica": "fused"})"}) {
    CHECK(refused(R"({"kind": "naive", "bits": 4, "levels": {"kind": "uniform", "scaling": "row"}})",
                  engine) == "small.json: /precision/samples/levels: found levels scaled by rows" + with +
                                 "; allowed: levels of columns or of all samples");
  }
}

TEST_CASE("what the fixed-point engine has no arithmetic for", "[config][messages]") {
  const auto refused = [](const std::vector<std::pair<const char*, const char*>>& changes) {
    Json config = small_config();
    config["engine"] = "fixed_point";
    config["precision"] =
        parse_json(R"({"samples": {"kind": "double_sampling", "bits": 4, "symmetrized": false,
                                                    "columns_per_group": "all"}})",
                   "test");
    config["model"] = "least_squares";
    for (const auto& [pointer, value] : changes)
      config[Json::json_pointer(pointer)] = parse_json(value, "test");
    return error_of(config);
  };
  const std::string at = "small.json: /precision/samples", with = " together with the engine \"fixed_point\"";
  CHECK(refused({}) == "");
  CHECK(refused({{"/precision/samples/bits", "5"}}) == at + "/bits: found 5" + with + "; allowed: 1 to 4");
  CHECK(refused({{"/precision/samples/symmetrized", "true"}}) ==
        at + "/symmetrized: found true" + with + "; allowed: false");
  CHECK(refused({{"/precision/samples/columns_per_group", "2"}}) ==
        at + "/columns_per_group: found 2" + with + "; allowed: \"all\"");
  CHECK(refused({{"/precision/samples/levels", "\"optimal\""}}) ==
        at + "/levels: found levels that are not uniform and symmetric about 0" + with +
            "; allowed: {\"kind\": \"uniform\", \"scaling\": \"column\"}");
  CHECK(refused({{"/model", R"({"kind": "least_squares", "regularizer": {"kind": "l2", "weight": 0.1}})"}}) ==
        "small.json: /model/regularizer: found \"l2\"" + with + "; allowed: \"none\"");
  CHECK(refused({{"/precision/gradient", R"({"kind": "quantized", "bits": 8})"}}) ==
        "small.json: /precision/gradient: found \"quantized\"" + with +
            ", which rounds what it reads itself; allowed: \"full\"");
}

TEST_CASE("what the integer engine cannot multiply", "[config][messages]") {
  const auto refused = [](const std::vector<std::pair<const char*, const char*>>& changes) {
    Json config = small_config();
    config["engine"] = "integer";
    config["precision"] = parse_json(R"({"samples": {"kind": "naive", "bits": 4}})", "test");
    for (const auto& [pointer, value] : changes)
      config[Json::json_pointer(pointer)] = parse_json(value, "test");
    return error_of(config);
  };
  const std::string with = " together with the engine \"integer\"";
  CHECK(refused({{"/engine", R"({"kind": "integer", "model_bits": 12})"}}) ==
        "small.json: /engine/model_bits: found 12; allowed: 8, 16");
  CHECK(
      refused({{"/engine", R"({"kind": "local_sgd", "replica": {"kind": "integer", "model_bits": 12}})"}}) ==
      "small.json: /engine/replica/model_bits: found 12; allowed: 8, 16");
  CHECK(refused({{"/engine", R"({"kind": "local_sgd", "replica": "hogwild"})"}}) ==
        "small.json: /engine/replica: unknown kind \"hogwild\"; allowed: synchronous, fused, integer, "
        "fixed_point");
  CHECK(refused({{"/engine", R"({"kind": "local_sgd", "replica": "integer"})"},
                 {"/precision/samples/bits", "9"}}) ==
        "small.json: /precision/samples/bits: found 9" + with + "; allowed: 1 to 8");
  CHECK(refused({{"/precision/model", R"({"kind": "quantized", "bits": 8})"}}) ==
        "small.json: /precision/model: found \"quantized\"" + with +
            ", which rounds what it reads itself; allowed: \"full\"");
  CHECK(refused({{"/precision/gradient", R"({"kind": "quantized", "bits": 8})"}}) ==
        "small.json: /precision/gradient: found \"quantized\"" + with +
            ", which rounds what it reads itself; allowed: \"full\"");
  CHECK(refused({{"/precision/samples", "\"full\""}}) ==
        "small.json: /precision/samples: found \"full\"" + with +
            "; allowed: naive, deterministic, double_sampling");
  CHECK(refused({{"/precision/samples/bits", "9"}}) ==
        "small.json: /precision/samples/bits: found 9" + with + "; allowed: 1 to 8");
  for (const char* levels : {R"({"kind": "uniform", "scaling": "row"})", "\"optimal\""}) {
    CHECK(refused({{"/precision/samples/levels", levels}}) ==
          "small.json: /precision/samples/levels: found levels that are not uniform in every column" + with +
              "; allowed: {\"kind\": \"uniform\", \"scaling\": \"column\"} or \"min_max\"");
  }
}

TEST_CASE("what rows that are not in memory cannot be used for", "[config][messages][memory]") {
  const auto refused = [](Json config, const std::vector<std::pair<const char*, const char*>>& changes) {
    config["dataset"]["memory"] = "packed";
    for (const auto& [pointer, value] : changes)
      config[Json::json_pointer(pointer)] = parse_json(value, "test");
    return error_of(config);
  };
  const std::string with = " together with \"memory\": \"packed\" of the data set, which ";
  CHECK(refused(small_config(), {}).empty());
  CHECK(refused(small_config(), {{"/dataset/memory", "\"disk\""}}) ==
        "small.json: /dataset/memory: found \"disk\"; allowed: \"float32\", \"packed\"");
  CHECK(refused(small_config(), {{"/dataset", R"({"kind": "cadata", "memory": "packed"})"}}) ==
        "small.json: /dataset/memory: unknown member \"memory\"; allowed: train_rows, test_rows, "
        "stand_in, sha256, kind");
  CHECK(refused(small_config(), {{"/precision/samples", "\"full\""}}) ==
        "small.json: /precision/samples: found \"full\"" + with +
            "reads the rows at float32; allowed: naive, deterministic, double_sampling");
  CHECK(refused(small_config(), {{"/precision/samples/levels", "\"optimal\""}}) ==
        "small.json: /precision/samples/levels: found \"optimal\"" + with +
            "needs all values of a column at once; allowed: given, log, uniform, xnor");
  CHECK(refused(small_config(), {{"/solver/alpha", "\"tune\""}}) ==
        "small.json: /solver/alpha: found \"tune\"" + with +
            "trains at full precision; allowed: a number, such as that tuned on the first `train_rows`");
  CHECK(refused(small_config(),
                {{"/solver/probe",
                  R"({"kind": "bias_and_noise", "estimator": {"kind": "naive", "bits": 4}})"}}) ==
        "small.json: /solver/probe: found" + with + "reads the rows at float32; allowed: none");
  CHECK(refused(measuring_config(), {}) ==
        "small.json: /dataset/memory: found \"packed\" for a run that measures \"gradient_error\", which "
        "needs the rows in memory; allowed: \"float32\"");
  // Runs without the member keep the identity that they had before there was one.
  CHECK(parsed(small_config()).runs.at(0).resolved_json.find("memory") == std::string::npos);
}
