#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "process.h"

using namespace zipml::testing;

namespace {

constexpr const char* kGood = R"({"name": "good", "dataset": {"kind": "synthetic", "features": 4},
  "model": "least_squares", "solver": {"epochs": 2, "alpha": 0.1}, "seeds": 3})";

void check_refused(const std::vector<std::string>& arguments, const std::string& message) {
  const ProcessResult result = run_zipml(arguments);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK(result.err == message + "\n");
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("help and version", "[e2e][cli]") {
  const ProcessResult help = run_zipml({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.err.empty());
  CHECK(has(help.out, "zipml COMMAND [options]"));
  CHECK(help.out == run_zipml({"help"}).out);
  CHECK(run_zipml({"--version"}).out.rfind("zipml ", 0) == 0);
  const ProcessResult nothing = run_zipml({});
  CHECK(nothing.exit_code == 2);
  CHECK(has(nothing.err, "usage: zipml COMMAND"));
}

TEST_CASE("wrong commands and options", "[e2e][cli]") {
  check_refused({"vaildate"},
                "zipml: unknown command \"vaildate\"; did you mean \"validate\"?; allowed: run, validate, "
                "list, schema, "
                "compare, fpga, report, merge, export, data, help");
  check_refused(
      {"validate", "--sclae", "quick", "x"},
      "zipml validate: unknown option --sclae; did you mean \"--scale\"?; see: zipml validate --help");
  check_refused(
      {"validate", "--scal", "quick", "x"},
      "zipml validate: unknown option --scal; did you mean \"--scale\"?; see: zipml validate --help");
  check_refused({"validate", "-x"}, "zipml validate: unknown option -x; see: zipml validate --help");
  check_refused(
      {"validate"},
      "zipml validate: CONFIG is missing: config files, or names such as fig8; see: zipml validate --help");
  check_refused({"validate", "x", "--scale"},
                "zipml validate: option --scale needs a value; see: zipml validate --help");
  check_refused({"validate", "x", "--scale", "big"},
                "zipml validate: --scale: found \"big\"; allowed: quick, paper");
  check_refused({"validate", "x", "--seeds", "-1"},
                "zipml validate: --seeds: found \"-1\"; allowed: an integer in [1, 10000]");
  check_refused({"validate", "x", "--scale", "quick", "--scale", "paper"},
                "zipml validate: option --scale is given twice; see: zipml validate --help");
  check_refused({"validate", "x", "--help=1"},
                "zipml validate: option --help takes no value; see: zipml validate --help");
  check_refused({"validate", "x", "--data-dir", "no-such-folder"},
                "no-such-folder: no such folder; --data-dir must name the folder of data files");
  check_refused({"schema", "x"}, "zipml schema: unexpected word \"x\"; see: zipml schema --help");
  check_refused(
      {"list", "estimator"},
      "zipml list: unknown kind \"estimator\"; did you mean \"estimators\"?; allowed: datasets, preprocess, "
      "levels, roundings, estimators, channels, label_stores, models, regularizers, solvers, engines, "
      "probes, measurements, designs, networks, weight_channels, network_solvers");
  check_refused({"list", "--format", "yaml"},
                "zipml list: --format: found \"yaml\"; allowed: text, md, json");
  check_refused({"validate", "no-such.json"}, "no-such.json: no such file");
  check_refused({"validate", "fig88"}, "fig88: no such file, and no config of this name in " ZIPML_BINARY_DIR
                                       "/share/zipml/configs; did you mean \"fig8\"?");
  check_refused({"help", "rum"},
                "zipml help: unknown command \"rum\"; did you mean \"run\"?; allowed: run, validate, list, "
                "schema, compare, fpga, report, merge, export, data, help");
  check_refused({"run", "x", "--jobs", "0"},
                "zipml run: --jobs: found \"0\"; allowed: an integer in [1, 4096]");
}

TEST_CASE("a folder is no config, whatever its name", "[e2e][cli]") {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder / "fig14");
  const ProcessResult result = run_zipml({"validate", "fig14"}, {folder.path(), {}});
  CHECK(result.exit_code == 0);
  CHECK(has(result.err, "fig14: " ZIPML_BINARY_DIR "/share/zipml/configs/figures/fig14.json\n"));
}

TEST_CASE("validate says ok, or everything that is wrong", "[e2e][cli]") {
  TemporaryFolder folder;
  const std::string good = (folder / "good.json").string(), bad = (folder / "bad.json").string();
  const std::string quick = (folder / "quick.json").string();
  write_text(good, kGood);
  write_text(bad, R"({"name": "bad", "dataset": {"kind": "synthetic", "featurs": 4}, "model": "ls_svm",
    "solver": {"epochs": 2.5}})");
  write_text(quick,
             R"({"name": "quick", "dataset": "synthetic", "model": "least_squares", "solver": {"epochs": 2},
    "quick": {"/solver/epochs": 0}})");
  const ProcessResult fine = run_zipml({"validate", good});
  CHECK(fine.exit_code == 0);
  CHECK(fine.out == good + ": ok, 3 runs\n");
  CHECK(fine.err.empty());
  CHECK(run_zipml({"validate", good, "--seeds", "1"}).out == good + ": ok, 1 run\n");
  CHECK(run_zipml({"validate", good, "--set", "/seeds=[4,5]"}).out == good + ": ok, 2 runs\n");
  check_refused(
      {"validate", good, bad},
      bad +
          ": /dataset/featurs: unknown member \"featurs\"; did you mean \"features\"?; allowed: features, "
          "train_rows, test_rows, noise, seed, memory, kind\n" +
          bad + ": /solver/epochs: found 2.5; allowed: an integer in [1, 1e+06]");
  check_refused(
      {"validate", quick},
      quick + ": /quick/~1solver~1epochs (sets /solver/epochs): found 0; allowed: an integer in [1, 1e+06]");
  write_text(folder / "copy.json", kGood);
  check_refused({"validate", good, (folder / "copy.json").string()},
                (folder / "copy.json").string() + ": /name: \"good\" is also the name of " + good +
                    "; allowed: a name of its own");
}

TEST_CASE("every committed config is valid", "[e2e][cli]") {
  std::vector<std::string> arguments = {"validate"};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(ZIPML_SOURCE_DIR "/configs/figures")) {
    if (entry.path().extension() == ".json") arguments.push_back(entry.path().string());
  }
  REQUIRE(arguments.size() > 1);
  const ProcessResult result = run_zipml(arguments, {{}, {{"ZIPML_DATA_DIR", ""}}});
  INFO(result.err);
  CHECK(result.exit_code == 0);
}

TEST_CASE("list prints every kind in three formats", "[e2e][cli]") {
  const ProcessResult text = run_zipml({"list"});
  CHECK(text.exit_code == 0);
  for (const char* word :
       {"double_sampling", "ls_svm", "uniform", "stochastic", "sgd", "hogwild", "synthetic", "l1"}) {
    INFO(word);
    CHECK(has(text.out, word));
  }
  CHECK(has(run_zipml({"list", "estimators", "--format", "md"}).out,
            "| `bits` | an integer in [1, 16] | required |"));
  const ProcessResult json = run_zipml({"list", "solvers", "--format", "json"});
  const auto list = nlohmann::json::parse(json.out);
  REQUIRE(list.size() == 1);
  CHECK(list[0]["members"][0]["name"] == "sgd");
}

TEST_CASE("schema prints the committed schema", "[e2e][cli]") {
  const ProcessResult result = run_zipml({"schema"});
  CHECK(result.exit_code == 0);
  const bool same = result.out == read_text(ZIPML_SOURCE_DIR "/configs/schema.json");
  CHECK(same);
}

TEST_CASE("output that cannot be written is an error", "[e2e][cli]") {
  const ProcessResult result =
      run_process({"/bin/sh", "-c", "exec \"$0\" schema > /dev/full", zipml_command({}).front()});
  CHECK(result.exit_code == 1);
  CHECK(result.err == "zipml: standard output cannot be written\n");
}
