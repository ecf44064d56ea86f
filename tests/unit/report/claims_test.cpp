#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const std::string kDouble = "4-bit double sampling ends at most 1%";

RunSet bias_set(const std::vector<double>& full, const std::vector<double>& low,
                const nlohmann::json& samples) {
  RunSet set;
  ExampleRun run;
  add_series(set, run, full);
  run.samples = samples;
  add_series(set, run, low);
  return set;
}

Verdict double_sampling_verdict(const std::vector<double>& full, const std::vector<double>& low) {
  return evaluate(bias_set(full, low, quantized("double_sampling", 4)), "bias", kDouble).finding.verdict;
}

TEST_CASE("a comparison holds, fails or stays undecided by its interval") {
  REQUIRE(double_sampling_verdict({1.0, 1.1, 0.9}, {1.001, 1.102, 0.905}) == Verdict::holds);
  REQUIRE(double_sampling_verdict({1.0, 1.1, 0.9}, {1.05, 1.2, 1.0}) == Verdict::fails);
  REQUIRE(double_sampling_verdict({1.0, 1.1, 0.9}, {1.05, 1.1, 0.9}) == Verdict::undecided);
}

TEST_CASE("losses are paired by seed") {
  // Unpaired the two series overlap widely; each pair differs by exactly 5%.
  const Finding finding = evaluate(bias_set({1.0, 2.0, 4.0}, {1.05, 2.1, 4.2}, quantized("deterministic", 4)),
                                   "bias", "deterministic rounding ends above")
                              .finding;
  REQUIRE(finding.interval.low == Approx(5.0));
  REQUIRE(finding.interval.high == Approx(5.0));
  REQUIRE(finding.verdict == Verdict::holds);
}

TEST_CASE("too few seeds give no verdict") {
  const ClaimResult result =
      evaluate(bias_set({1.0, 1.0}, {1.0, 1.0}, quantized("double_sampling", 4)), "bias", kDouble);
  REQUIRE(result.finding.verdict == Verdict::undecided);
  REQUIRE(result.finding.note.find("2 seeds are too few") != std::string::npos);
}

TEST_CASE("missing runs are said to be missing") {
  REQUIRE(evaluate({}, "bias", kDouble).finding.verdict == Verdict::not_run);
  const Finding half = evaluate(bias_set({1.0, 1.0, 1.0}, {}, {}), "bias", kDouble).finding;
  REQUIRE(half.verdict == Verdict::not_run);
  REQUIRE(half.note == "1 of the 2 compared series missing");
  for (const ClaimResult& result : evaluate_claims({})) {
    REQUIRE(result.finding.verdict == Verdict::not_run);
    REQUIRE(result.finding.runs.empty());
    REQUIRE_FALSE(result.finding.note.empty());
  }
}

TEST_CASE("a diverged run is an infinite loss") {
  REQUIRE(double_sampling_verdict({1.0, 1.0, 1.0}, {kInfinity, kInfinity, kInfinity}) == Verdict::fails);
  REQUIRE(double_sampling_verdict({1.0, 1.0, 1.0}, {1.0, kInfinity, 1.0}) == Verdict::undecided);
  // Nothing can be said where full precision diverges too.
  REQUIRE(double_sampling_verdict({1.0, kInfinity, 1.0}, {1.0, kInfinity, 1.0}) == Verdict::undecided);
  const Finding finding =
      evaluate(bias_set({1.0, 1.0, 1.0}, {1.0, kInfinity, 1.0}, quantized("double_sampling", 4)), "bias",
               kDouble)
          .finding;
  REQUIRE(finding.note.find("1 of 6 runs diverged") != std::string::npos);
  REQUIRE(finding.interval.high == kInfinity);
}

TEST_CASE("the bias of rounding is measured in percent") {
  const RunSet set = bias_set({1.0, 1.0, 1.0}, {1.06, 1.07, 1.08}, quantized("deterministic", 4));
  const ClaimResult above = evaluate(set, "bias", "deterministic rounding ends above");
  REQUIRE(above.finding.interval.value == Approx(7.0));
  REQUIRE(above.finding.interval.low == Approx(6.0));
  REQUIRE(above.finding.interval.high == Approx(8.0));
  REQUIRE(above.finding.verdict == Verdict::holds);
  REQUIRE(above.finding.runs.size() == 6);
  REQUIRE(evaluate(set, "bias", "7% within a factor of 2").finding.verdict == Verdict::holds);
  const RunSet small = bias_set({1.0, 1.0, 1.0}, {1.02, 1.02, 1.02}, quantized("deterministic", 4));
  REQUIRE(evaluate(small, "bias", "deterministic rounding ends above").finding.verdict == Verdict::holds);
  REQUIRE(evaluate(small, "bias", "7% within a factor of 2").finding.verdict == Verdict::fails);
}

TEST_CASE("fresh draws and draws made once are told apart by the config") {
  RunSet set;
  ExampleRun run;
  run.samples = quantized("naive", 4, "fresh");
  add_series(set, run, {1.0, 1.0, 1.0});
  run.samples = quantized("naive", 4, "once");
  add_series(set, run, {1.5, 1.5, 1.5});
  const Finding finding = evaluate(set, "bias", "naive, quantized once").finding;
  REQUIRE(finding.verdict == Verdict::holds);
  REQUIRE(finding.interval.value == Approx(50.0));
  REQUIRE(evaluate(set, "bias", "double sampling, quantized once").finding.verdict == Verdict::not_run);
}

TEST_CASE("runs of different settings are never compared") {
  RunSet set;
  ExampleRun run;
  run.epochs = 20;
  add_series(set, run, {1.0, 1.0, 1.0});
  run.epochs = 100;
  run.samples = quantized("double_sampling", 4);
  add_series(set, run, {1.0, 1.0, 1.0});
  REQUIRE(evaluate(set, "bias", kDouble).finding.verdict == Verdict::not_run);

  run.samples = {{"kind", "full"}};
  add_series(set, run, {0.5, 0.5, 0.5});
  const Finding finding = evaluate(set, "bias", kDouble).finding;
  REQUIRE(finding.interval.value == Approx(100.0));
  REQUIRE(finding.note.find("100 epochs") != std::string::npos);
  REQUIRE(finding.note.find("1 other settings left aside") != std::string::npos);
}

TEST_CASE("a longer setting with too few seeds for a verdict does not take the place of one that has them") {
  const auto finding = [](std::size_t seeds) {
    RunSet set;
    ExampleRun run;
    for (const int epochs : {20, 100}) {
      run.epochs = epochs;
      const std::vector<double> losses(epochs == 20 ? 3 : seeds, 1.0);
      run.samples = {{"kind", "full"}};
      add_series(set, run, losses);
      run.samples = quantized("double_sampling", 4);
      add_series(set, run, losses);
    }
    return evaluate(set, "bias", kDouble).finding;
  };
  REQUIRE(finding(2).note.find("20 epochs") != std::string::npos);
  REQUIRE(finding(2).verdict == Verdict::holds);
  REQUIRE(finding(3).note.find("100 epochs") != std::string::npos);
}

RunSet end_to_end_set(std::uint64_t bytes_an_epoch) {
  RunSet set;
  ExampleRun run;
  run.figure = "fig4";
  add_series(set, run, {1.0, 1.0, 1.0});
  run.samples = quantized("double_sampling", 4);
  run.model = run.gradient = {{"kind", "quantized"}, {"bits", 8}};
  run.bytes_an_epoch = bytes_an_epoch;
  add_series(set, run, {1.0, 1.0, 1.0});
  return set;
}

TEST_CASE("bytes read are compared as measured") {
  const std::string part = "(a) end to end reads 6x fewer";
  const Finding enough = evaluate(end_to_end_set(625), "fig4", part).finding;
  REQUIRE(enough.interval.value == Approx(6.4));
  REQUIRE(enough.verdict == Verdict::holds);
  REQUIRE(enough.note.find("5 bits a value") != std::string::npos);
  REQUIRE(evaluate(end_to_end_set(750), "fig4", part).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(end_to_end_set(750), "fig4", "(a) end-to-end 4-bit").finding.verdict == Verdict::holds);
}

TEST_CASE("quantized samples alone are not end to end") {
  RunSet set;
  ExampleRun run;
  run.figure = "fig4";
  add_series(set, run, {1.0, 1.0, 1.0});
  run.samples = quantized("double_sampling", 4);
  add_series(set, run, {1.0, 1.0, 1.0});
  REQUIRE(evaluate(set, "fig4", "(a) end-to-end 4-bit").finding.verdict == Verdict::not_run);
}

TEST_CASE("real data comes before a stand-in") {
  RunSet set;
  ExampleRun run;
  run.figure = "fig11";
  for (const bool real : {false, true}) {
    run.dataset = {{"kind", real ? "cod-rna" : "cod-rna-like"}};
    run.title = real ? "cod-rna" : "cod-rna-like (generated stand-in for cod-rna)";
    run.stand_in_for = real ? "" : "cod-rna";
    run.samples = run.model = run.gradient = {{"kind", "full"}};
    add_series(set, run, {1.0, 1.0, 1.0});
    run.samples = quantized("double_sampling", 3);
    run.model = run.gradient = {{"kind", "quantized"}, {"bits", 8}};
    add_series(set, run, {real ? 1.0 : 2.0, real ? 1.0 : 2.0, real ? 1.0 : 2.0});
    const Finding finding = evaluate(set, "fig11", "(a) end-to-end 3-bit").finding;
    REQUIRE(finding.dataset == run.title);
    REQUIRE(finding.verdict == (real ? Verdict::holds : Verdict::fails));
  }
}

RunSet batch_set(const nlohmann::json& samples, double small, double large) {
  RunSet set;
  ExampleRun run;
  run.figure = "fig6";
  run.samples = samples;
  run.batch = 16;
  add_series(set, run, {small, small, small});
  run.batch = 256;
  add_series(set, run, {large, large, large});
  return set;
}

TEST_CASE("batch sizes are compared by the area under the curve") {
  // Losses are 10 (epoch 0, not counted), 2 and the given ones.
  const Finding full = evaluate(batch_set({{"kind", "full"}}, 1.0, 4.0), "fig6", "32-bit: batch 16").finding;
  REQUIRE(full.interval.value == Approx(2.0));
  REQUIRE(full.verdict == Verdict::holds);
  const RunSet low = batch_set(quantized("double_sampling", 3), 2.0, 1.0);
  REQUIRE(evaluate(low, "fig6", "the same ratio").finding.interval.value == Approx(0.75));
  REQUIRE(evaluate(low, "fig6", "ends at least as low").finding.interval.value == Approx(0.5));
  REQUIRE(evaluate(low, "fig6", "ends at least as low").finding.verdict == Verdict::holds);
  REQUIRE(evaluate(low, "fig6", "32-bit: batch 16").finding.verdict == Verdict::not_run);
}

}  // namespace
}  // namespace zipml::testing
