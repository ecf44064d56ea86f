#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "process.h"
#include "tests/unit/compare/number_bytes.h"

using namespace zipml::testing;
using Json = nlohmann::json;

namespace {

Json compared(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "compare");
  arguments.insert(arguments.end(), {"--format", "json"});
  const ProcessResult result = run_zipml(arguments);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return Json::parse(result.out);
}

/// Without the times, which no two runs share.
Json timeless(Json lines) {
  for (Json& line : lines) {
    line.erase("seconds_levels");
    line.erase("seconds_quantize");
  }
  return lines;
}

void check_refused(std::vector<std::string> arguments, const std::string& message) {
  arguments.insert(arguments.begin(), "compare");
  const ProcessResult result = run_zipml(arguments);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK(result.err == message + "\n");
}

}  // namespace

TEST_CASE("compare: a generated distribution", "[e2e][compare]") {
  const std::vector<std::string> words = {"--distribution", "uniform:-1,1", "--count", "20000", "--seed", "3",
                                          "--levels",       "uniform",      "--bits",  "1-4"};
  const Json lines = compared(words);
  REQUIRE(lines.size() == 8);
  for (const Json& line : lines) {
    CHECK(line.size() == 11);
    CHECK(line["column"] == 1);
    CHECK(line["levels"] == "uniform");
    const double intervals = (1 << line["bits"].get<int>()) - 1;
    CHECK(line["level_values"].size() == static_cast<std::size_t>(intervals) + 1);
    const double step = 2.0 / intervals;
    // Over one interval of uniform values: step^2 / 6 by stochastic rounding, step^2 / 12 by nearest.
    const double expected = step * step / (line["rounding"] == "stochastic" ? 6.0 : 12.0);
    CHECK(line["mean_variance"].get<double>() == Approx(expected).epsilon(0.05));
    CHECK(line["vnmse"].get<double>() == Approx(3.0 * expected).epsilon(0.06));
  }
  CHECK(timeless(compared(words)) == timeless(lines));
}

TEST_CASE("compare: columns of a file, with gaps and constants", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string file = (folder / "a.csv").string();
  write_text(file, "a,b,c\n1,5,nan\n2,5,nan\n-4,5,nan\n");
  const ProcessResult table =
      run_zipml({"compare", file, "--bits", "2", "--levels", "uniform", "--rounding", "stochastic"});
  CHECK(table.exit_code == 0);
  CHECK(table.err ==
        "a.csv: column 2: constant, 5; one level holds it and it costs nothing\n"
        "a.csv: column 3: 3 of 3 values are left out: NaN, infinite, empty or beyond float32\n"
        "a.csv: column 3: has no values; its results are empty\n");
  CHECK(std::count(table.out.begin(), table.out.end(), '\n') == 4);
  const Json lines = compared({file, "--bits", "2", "--levels", "uniform", "--columns", "2-3"});
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["column"] == 2);
  CHECK(lines[0]["mean_variance"] == 0.0);
  CHECK(lines[2]["vnmse"].is_null());
  CHECK(compared({file, "--pooled", "--bits", "3", "--levels", "uniform"})[0]["column"] == "pooled");
  const ProcessResult csv =
      run_zipml({"compare", file, "--bits", "1-2", "--levels", "uniform", "--format", "csv"});
  CHECK(csv.exit_code == 0);
  CHECK(std::count(csv.out.begin(), csv.out.end(), '\n') == 13);
}

TEST_CASE("compare: npy and raw files give the same", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::vector<float> values = {1, -2, 3.5f, 0.25f, 8};
  const std::string raw = (folder / "a.f32").string(), npy = (folder / "a.npy").string();
  write_text(raw, zipml::test::float_bytes(values));
  write_text(npy, zipml::test::npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }",
                                         zipml::test::float_bytes(values)));
  const Json lines = timeless(compared({raw, "--bits", "1-4"}));
  CHECK(lines.size() >= 8);
  CHECK(lines == timeless(compared({npy, "--bits", "1-4"})));
  CHECK(lines != timeless(compared({npy, "--bits", "1-4", "--rows", "4"})));
}

TEST_CASE("compare: strategies with parameters, samples and parts", "[e2e][compare]") {
  const TemporaryFolder folder;
  std::vector<float> values;
  for (int i = 0; i < 3000; ++i) values.push_back(static_cast<float>(i % 97) * static_cast<float>(i % 13));
  const std::string file = (folder / "a.npy").string();
  write_text(file, zipml::test::npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 3), }",
                                          zipml::test::float_bytes(values)));
  const std::string two = "optimal_histogram{bins=8},optimal_histogram{bins=64,bucketing=stochastic,seed=3}";
  const Json lines = timeless(compared({file, "--bits", "3", "--levels", two}));
  REQUIRE(lines.size() == 12);
  CHECK(lines[0]["levels"] == "optimal_histogram{bins=8}");
  CHECK(lines[2]["levels"] == "optimal_histogram{bins=64,bucketing=stochastic,seed=3}");
  CHECK(lines[0]["mean_variance"] > lines[2]["mean_variance"]);
  Json streamed = timeless(compared({file, "--bits", "3", "--levels", two, "--streaming"}));
  REQUIRE(streamed.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) CHECK(streamed[i]["level_values"] == lines[i]["level_values"]);
  const ProcessResult csv =
      run_zipml({"compare", file, "--bits", "3", "--columns", "1", "--levels", two, "--format", "csv"});
  CHECK_THAT(csv.out, Catch::Contains("1,\"optimal_histogram{bins=64,bucketing=stochastic,seed=3}\",3,"));

  const auto sampled = [&](const std::string& seed) {
    return timeless(compared({file, "--bits", "2", "--levels", "optimal,uniform", "--rounding", "stochastic",
                              "--sample-rows", "50", "--seed", seed}));
  };
  const Json one = sampled("1"), all = timeless(compared({file, "--bits", "2", "--levels", "optimal,uniform",
                                                          "--rounding", "stochastic"}));
  CHECK(one == sampled("1"));
  CHECK(one[0]["level_values"] != sampled("2")[0]["level_values"]);
  CHECK(one[0]["mean_variance"] > all[0]["mean_variance"]);
  CHECK(one[0]["level_values"].front() == all[0]["level_values"].front());
  CHECK(one[0]["level_values"].back() == all[0]["level_values"].back());
  CHECK(one[1]["level_values"] == all[1]["level_values"]);  // of uniform levels: the range
  const std::string mine = "given{values=[0,1,2,2000]}";
  CHECK(compared({file, "--bits", "2", "--levels", mine})[0]["level_values"] ==
        Json({0.0, 1.0, 2.0, 2000.0}));
}

TEST_CASE("compare: wrong strategies", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string file = (folder / "a.csv").string();
  write_text(file, "1,2\n3,4\n");
  const std::string option = "zipml compare: --levels: ";
  check_refused({file, "--levels", "optimal_histogram{bins=0}"},
                option + "/optimal_histogram/bins: found 0; allowed: an integer in [1, 1048576]");
  check_refused({file, "--levels", "optimal_histogram{bin=8}"},
                option +
                    "/optimal_histogram/bin: unknown member \"bin\"; did you mean \"bins\"?; allowed: bins, "
                    "bucketing, seed, kind");
  check_refused(
      {file, "--levels", "uniform{scaling=min_max,grid=mid-tread}", "--bits", "2"},
      option +
          "/uniform/grid: found \"mid-tread\" with the scaling \"min_max\", whose levels need not lie "
          "around 0; allowed: \"mid-rise\", or another scaling");
  check_refused({file, "--levels", "optimal{"}, option +
                                                    "found \"optimal{\"; allowed: NAME or "
                                                    "NAME{PARAMETER=VALUE,...}");
  check_refused(
      {file, "--levels", "uniform{grid}"},
      option + "found \"grid\" in \"uniform{grid}\"; allowed: PARAMETER=VALUE, each parameter once");
  check_refused({file, "--levels", "given{path=no.h5}", "--bits", "2"}, "no.h5: no such file");
  check_refused({file, "--seed", "3"},
                "zipml compare: --seed needs --distribution or --sample-rows; see: zipml compare --help");
  check_refused({file, "--streaming", "--sample-rows", "3"},
                "zipml compare: --sample-rows does not go with --streaming; see: zipml compare --help");
  check_refused({file, "--streaming", "--levels", "uniform"},
                file + ": cannot be read in parts; allowed: .npy, .f32 and .f64 files");
}

TEST_CASE("compare: wrong input", "[e2e][compare]") {
  const TemporaryFolder folder;
  const std::string file = (folder / "a.csv").string();
  write_text(file, "1,2\n3,4\n");
  check_refused({},
                "zipml compare: DATA is missing: a data file, or --distribution; see: zipml compare --help");
  check_refused({file, "--distribution", "normal"},
                "zipml compare: DATA and --distribution are given; allowed: one of them");
  check_refused(
      {file, "--bits", "0-3"},
      "zipml compare: --bits: found \"0-3\"; allowed: numbers in [1, 8] and ranges of them, such as "
      "1,3-5");
  check_refused({file, "--columns", "3"}, file + ": --columns names column 3; the file has 2");
  check_refused({file, "--count", "3"},
                "zipml compare: --count needs --distribution; see: zipml compare --help");
  check_refused({"--distribution", "normal", "--pooled"},
                "zipml compare: --pooled needs DATA, not --distribution; see: zipml compare --help");
  check_refused(
      {file, "--rounding", "nearst"},
      "zipml compare: --rounding: found \"nearst\"; did you mean \"nearest\"?; allowed: all, nearest, "
      "stochastic");
  check_refused({file, "--format", "xml"},
                "zipml compare: --format: found \"xml\"; allowed: table, csv, json");
  check_refused({file, "--plot", "a.txt"},
                "zipml compare: --plot: found \"a.txt\"; allowed: a file that ends in .png, .svg or .pdf");
  const ProcessResult unknown = run_zipml({"compare", file, "--levels", "unifrom"});
  CHECK(unknown.exit_code == 2);
  CHECK(unknown.err.find(
            "zipml compare: --levels: found \"unifrom\"; did you mean \"uniform\"?; allowed: all, ") == 0);
}

TEST_CASE("compare: a plot, or a clear word that it cannot be drawn", "[e2e][compare]") {
  const char* named = std::getenv("ZIPML_PYTHON");
  const std::string python = named != nullptr && *named != '\0' ? named : "python3";
  const TemporaryFolder folder;
  const std::vector<std::string> words = {"compare",
                                          "--distribution",
                                          "lognormal",
                                          "--count",
                                          "2000",
                                          "--bits",
                                          "1-3",
                                          "--plot",
                                          (folder / "a.svg").string(),
                                          "--format",
                                          "csv"};
  const ProcessResult none =
      run_zipml(words, {.working_folder = {}, .environment = {{"ZIPML_PYTHON", "no-such-python"}}});
  CHECK(none.exit_code == 1);
  CHECK(none.err.find("no-such-python: cannot be run") != std::string::npos);
  if (run_process({python, "-c", "import matplotlib"}).exit_code != 0) {
    WARN("skipped: no Python with matplotlib");
    return;
  }
  const ProcessResult drawn =
      run_zipml(words, {.working_folder = {}, .environment = {{"ZIPML_PYTHON", python}}});
  INFO(drawn.err);
  CHECK(drawn.exit_code == 0);
  CHECK(read_text(folder / "a.svg").find("<svg") != std::string::npos);
}
