#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "experiments/report/report_format.h"
#include "tests/e2e/process.h"
#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

RunSet example_set() {
  RunSet set;
  ExampleRun run;
  add_series(set, run, {1.0, 1.0, 1.0});
  run.samples = quantized("double_sampling", 4);
  add_series(set, run, {1.001, std::numeric_limits<double>::infinity(), 1.002});
  return set;
}

TEST_CASE("the JSON report has one object a claim with the keys users rely on") {
  const nlohmann::json json = nlohmann::json::parse(report_json(evaluate_claims(example_set())));
  REQUIRE(json.is_array());
  REQUIRE(json.size() == all_claims().size());
  for (const nlohmann::json& claim : json) {
    for (const char* key : {"figure", "claim", "paper", "verdict", "dataset", "unit", "note"}) {
      REQUIRE(claim.at(key).is_string());
    }
    for (const char* key : {"low", "high"}) REQUIRE((claim.at(key).is_number() || claim.at(key).is_null()));
    REQUIRE(claim.contains("value"));
    REQUIRE(claim.at("seeds").is_number_unsigned());
    REQUIRE(claim.at("runs").is_array());
    const std::string verdict = claim.at("verdict");
    REQUIRE(std::set<std::string>{"holds", "fails", "undecided", "not run"}.contains(verdict));
  }
}

TEST_CASE("what is infinite is null in the JSON report") {
  for (const nlohmann::json& claim : nlohmann::json::parse(report_json(evaluate_claims(example_set())))) {
    if (claim["claim"].get<std::string>().find("4-bit double sampling ends at most") == std::string::npos)
      continue;
    REQUIRE(claim["value"].get<double>() == Approx(0.2));
    REQUIRE(claim["high"].is_null());
    REQUIRE(claim["runs"].size() == 6);
    REQUIRE(claim["seeds"] == 3);
    return;
  }
  FAIL("the claim is missing");
}

TEST_CASE("the text report is aligned") {
  const std::string text = report_text(evaluate_claims(example_set()));
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const std::size_t column = line.find("verdict");
  REQUIRE(column != std::string::npos);
  for (std::size_t i = 0; i < all_claims().size(); ++i) {
    REQUIRE(std::getline(lines, line));
    REQUIRE(line.at(column - 1) == ' ');
    REQUIRE(line.at(column) != ' ');
  }
  REQUIRE(text.find("1 of 6 runs diverged") != std::string::npos);
}

TEST_CASE("Markdown rows all have the cells of their header") {
  std::istringstream lines(report_markdown(evaluate_claims(example_set())));
  std::string line;
  std::size_t rows = 0;
  while (std::getline(lines, line)) {
    if (!line.starts_with("|")) continue;
    ++rows;
    REQUIRE(std::count(line.begin(), line.end(), '|') == 10);
  }
  REQUIRE(rows > all_claims().size());
}

TEST_CASE("results are loaded from a folder and damaged ones named") {
  const TemporaryFolder folder;
  ExampleRun run;
  run.train_rows = 123;
  run.test_rows = 45;
  run.features = 6;
  const ResultFile good = run.result();
  write_result(result_path(folder.path(), "bias", good.run_id), good);
  run.seed = 2;
  const ResultFile bad = run.result();
  const std::filesystem::path damaged = result_path(folder.path(), "bias", bad.run_id);
  write_result(damaged, bad);
  std::filesystem::resize_file(damaged, std::filesystem::file_size(damaged) / 2);
  const RunSet set = load_runs(folder.path());
  REQUIRE(set.runs.size() == 1);
  REQUIRE(set.runs[0].id == good.run_id);
  REQUIRE(set.runs[0].train_rows == 123);
  REQUIRE(set.runs[0].test_rows == 45);
  REQUIRE(set.runs[0].features == 6);
  REQUIRE(set.problems.size() == 1);
  REQUIRE(set.problems[0].find(damaged.string()) != std::string::npos);
}

TEST_CASE("a result without epochs is a problem, not a crash") {
  const TemporaryFolder folder;
  ExampleRun run;
  run.losses.clear();
  const ResultFile empty = run.result();
  write_result(result_path(folder.path(), "bias", empty.run_id), empty);
  const RunSet set = load_runs(folder.path());
  REQUIRE(set.runs.empty());
  REQUIRE(set.problems.size() == 1);
}

}  // namespace
}  // namespace zipml::testing
