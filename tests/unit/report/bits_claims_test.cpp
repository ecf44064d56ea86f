#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Three seeds at every precision; full precision ends at 1.
void add_precisions(RunSet& set, int features, const std::map<int, std::vector<double>>& losses) {
  ExampleRun run;
  run.figure = "fig8";
  run.dataset = {{"kind", "synthetic"}, {"features", features}};
  run.title = "Synthetic " + std::to_string(features);
  add_series(set, run, {1.0, 1.0, 1.0});
  for (const auto& [bits, finals] : losses) {
    run.samples = quantized("double_sampling", bits);
    add_series(set, run, finals);
  }
}

// From `enough` bits on 0.5% above, before 3%.
std::map<int, std::vector<double>> sharp(int enough) {
  std::map<int, std::vector<double>> losses;
  for (int b = 1; b <= 8; ++b) losses[b] = std::vector<double>(3, b >= enough ? 1.005 : 1.03);
  return losses;
}

TEST_CASE("the smallest sufficient precision is read off the curves") {
  RunSet set;
  add_precisions(set, 10, sharp(3));
  const Finding finding = evaluate(set, "fig8", "(a) ours").finding;
  REQUIRE(finding.interval.value == 3.0);
  REQUIRE(finding.interval.low == 3.0);
  REQUIRE(finding.interval.high == 3.0);
  REQUIRE(finding.verdict == Verdict::holds);
  REQUIRE(finding.runs.size() == 27);
  REQUIRE(finding.seeds == 3);
}

TEST_CASE("precisions whose interval spans 1% widen the interval of the bits") {
  std::map<int, std::vector<double>> losses = sharp(4);
  losses[2] = {1.005, 1.02, 1.03};
  losses[3] = {1.005, 1.006, 1.02};
  RunSet set;
  add_precisions(set, 10, losses);
  const Finding finding = evaluate(set, "fig8", "(a) ours").finding;
  REQUIRE(finding.interval.value == 3.0);
  REQUIRE(finding.interval.low == 2.0);
  REQUIRE(finding.interval.high == 4.0);
  REQUIRE(finding.verdict == Verdict::undecided);
  REQUIRE(evaluate(set, "fig8", "(a) 3-bit").finding.verdict == Verdict::undecided);
}

TEST_CASE("eight bits may not suffice") {
  std::map<int, std::vector<double>> losses = sharp(9);
  losses[1] = {kInfinity, kInfinity, kInfinity};
  RunSet set;
  add_precisions(set, 10, losses);
  const Finding finding = evaluate(set, "fig8", "(a) ours").finding;
  REQUIRE(finding.interval.value == kInfinity);
  REQUIRE(finding.verdict == Verdict::fails);
  REQUIRE(finding.note.find("more than 8 bits") != std::string::npos);
}

TEST_CASE("a gap in the sweep leaves the bits open") {
  std::map<int, std::vector<double>> losses = sharp(3);
  losses.erase(2);
  losses.erase(7);
  RunSet set;
  add_precisions(set, 10, losses);
  const Finding finding = evaluate(set, "fig8", "(a) ours").finding;
  REQUIRE(finding.verdict == Verdict::not_run);
  REQUIRE(finding.note == "not run at 2, 7 bits");
  REQUIRE(evaluate(set, "fig8", "(a) 3-bit").finding.verdict == Verdict::holds);
}

Finding growth(int ten, int hundred, int thousand) {
  RunSet set;
  add_precisions(set, 10, sharp(ten));
  add_precisions(set, 100, sharp(hundred));
  if (thousand > 0) add_precisions(set, 1000, sharp(thousand));
  return evaluate(set, "fig8", "bits needed grow").finding;
}

TEST_CASE("bits grow with the number of features") {
  REQUIRE(growth(3, 4, 6).verdict == Verdict::holds);
  REQUIRE(growth(3, 4, 6).interval.value == 3.0);
  REQUIRE(growth(4, 4, 4).verdict == Verdict::fails);
  REQUIRE(growth(6, 4, 3).verdict == Verdict::fails);
  REQUIRE(growth(3, 7, 6).verdict == Verdict::undecided);
  REQUIRE(growth(3, 4, 0).verdict == Verdict::not_run);
  // More than 8 bits at 10 and at 1,000 features: nothing is known about the difference.
  REQUIRE(growth(9, 9, 9).verdict == Verdict::undecided);
}

RunSet full_precision_set(double final_loss, double minimum, std::uint64_t rows) {
  RunSet set;
  ExampleRun run;
  run.figure = "fig8";
  run.dataset = {{"kind", "cpusmall"}};
  run.title = "cpusmall";
  run.minimum = minimum;
  run.train_rows = rows;
  add_series(set, run, {final_loss, final_loss, final_loss});
  return set;
}

TEST_CASE("full precision is held against the exact minimum") {
  const std::string reaches = "(f) 32-bit ends", expected = "(f) the exact minimum";
  REQUIRE(evaluate(full_precision_set(49.6, 49.53, 6000), "fig8", reaches).finding.verdict == Verdict::holds);
  REQUIRE(evaluate(full_precision_set(52.0, 49.53, 6000), "fig8", reaches).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(full_precision_set(52.0, 49.53, 6000), "fig8", expected).finding.verdict ==
          Verdict::holds);
  REQUIRE(evaluate(full_precision_set(52.0, 51.0, 6000), "fig8", expected).finding.verdict == Verdict::fails);
  // Part of the rows has another minimum.
  const Finding part = evaluate(full_precision_set(52.0, 51.0, 600), "fig8", expected).finding;
  REQUIRE(part.verdict == Verdict::not_run);
  REQUIRE(part.note.find("all 6000 training rows") != std::string::npos);
}

TEST_CASE("without a known minimum there is no verdict on it") {
  const RunSet set = full_precision_set(49.6, std::numeric_limits<double>::quiet_NaN(), 6000);
  REQUIRE(evaluate(set, "fig8", "(f) 32-bit ends").finding.verdict == Verdict::undecided);
}

RunSet table_set(std::uint64_t train_rows, const std::string& stand_in_for) {
  RunSet set;
  ExampleRun run;
  run.figure = "table1";
  run.dataset = {{"kind", stand_in_for.empty() ? "cpusmall" : "cpusmall-like"}};
  run.title = "cpusmall";
  run.stand_in_for = stand_in_for;
  run.train_rows = train_rows;
  run.test_rows = 2192;
  run.features = 12;
  set.runs.push_back(run.run());
  return set;
}

TEST_CASE("table 1 compares the loaded counts") {
  const Finding equal = evaluate(table_set(6000, ""), "table1", "cpusmall").finding;
  REQUIRE(equal.verdict == Verdict::holds);
  REQUIRE(equal.value_text == "6000 / 2192 / 12");
  REQUIRE(evaluate(table_set(5999, ""), "table1", "cpusmall").finding.verdict == Verdict::fails);
  const Finding stand_in = evaluate(table_set(6000, "cpusmall"), "table1", "cpusmall").finding;
  REQUIRE(stand_in.verdict == Verdict::undecided);
  REQUIRE(stand_in.value_text == "6000 / 2192 / 12 (stand-in)");
}

}  // namespace
}  // namespace zipml::testing
