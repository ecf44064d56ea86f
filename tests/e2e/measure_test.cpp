#include <catch2/catch.hpp>

#include "experiments/results/folder_compare.h"
#include "experiments/results/result_file.h"
#include "tests/e2e/process.h"

namespace zipml::testing {
namespace {

std::string config(const std::string& measure, const std::string& more = "") {
  return R"({"name": "measured", "dataset": {"kind": "synthetic", "features": 20, "train_rows": 500, "test_rows": 10},
  "preprocess": {"features": "standardize", "intercept": false}, "seeds": 2, )" +
         more + R"("measure": )" + measure +
         R"(, "sweep": {"series": [{"name": "s", "set": {"/precision/samples": {"kind": "double_sampling", "bits": 2}},
  "grid": {"/precision/samples/levels": ["uniform", "optimal"]}}]}})";
}

ProcessResult run(const TemporaryFolder& folder, const std::string& text, const std::string& out,
                  const std::string& threads = "2") {
  write_text(folder / "measured.json", text);
  return run_zipml(
      {"run", (folder / "measured.json").string(), "--out", (folder / out).string(), "--threads", threads});
}

const std::string kErrors =
    config(R"({"kind": "gradient_error", "draws": 4})", R"("model": "least_squares", )");

TEST_CASE("gradient errors are measured, alike for any number of threads, and not repeated", "[e2e]") {
  const TemporaryFolder folder;
  const ProcessResult first = run(folder, kErrors, "one", "1");
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  REQUIRE(run(folder, kErrors, "three", "3").exit_code == 0);
  REQUIRE(result_folder_differences(folder / "one", folder / "three").empty());
  REQUIRE_THAT(run(folder, kErrors, "one").err, Catch::Contains("0 done, 4 skipped"));
  for (const auto& file : find_results(folder / "one")) {
    const ResultFile result = read_result(file).value.value();
    REQUIRE(result.gradients.value().models == std::vector<std::string>{"zero", "optimum"});
    for (const GradientError& error : result.gradients->errors) {
      REQUIRE(error.mean_squared > 0.0);
      REQUIRE(error.residual_bound > 0.0);
    }
    REQUIRE(result.trace.empty());
    REQUIRE(result.reproducible);
    REQUIRE(!result.tuning);
  }
}

TEST_CASE("results without epochs are reported on and said to have nothing to export", "[e2e]") {
  const TemporaryFolder folder;
  REQUIRE(run(folder, kErrors, "out").exit_code == 0);
  const ProcessResult report = run_zipml({"report", (folder / "out").string()});
  REQUIRE(report.exit_code == 0);
  REQUIRE(report.err.find("skipped") == std::string::npos);
  const ProcessResult csv = run_zipml({"export", (folder / "out").string()});
  REQUIRE(csv.exit_code == 0);
  REQUIRE_THAT(csv.err, Catch::Contains("4 results are of runs that did not train"));
}

TEST_CASE("levels of a column are stored with its histogram", "[e2e]") {
  const TemporaryFolder folder;
  const ProcessResult done =
      run(folder, config(R"({"kind": "level_histogram", "column": 20, "bins": 10})"), "out");
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  for (const auto& file : find_results(folder / "out")) {
    const MeasuredLevels measured = read_result(file).value.value().levels_of_column.value();
    REQUIRE(measured.column == 20);
    REQUIRE(measured.histogram.levels.size() == 4);
    std::uint64_t rows = 0;
    for (const std::uint64_t count : measured.histogram.counts) rows += count;
    REQUIRE(rows == 500);
  }
}

TEST_CASE("a column that the data does not have is the user's error", "[e2e]") {
  const TemporaryFolder folder;
  const ProcessResult wrong = run(folder, config(R"({"kind": "level_histogram", "column": 21})"), "out");
  REQUIRE(wrong.exit_code == 2);
  REQUIRE_THAT(wrong.err, Catch::Contains("/measure/column: found 21; allowed: an integer in [1, 20]"));
  REQUIRE((!std::filesystem::exists(folder / "out") || find_results(folder / "out").empty()));
}

}  // namespace
}  // namespace zipml::testing
