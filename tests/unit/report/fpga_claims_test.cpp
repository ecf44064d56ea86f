#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "fpga_model/design.h"
#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

const std::string kFresh = "(a) FPGA: seconds until";
const std::string kOnce = "(a) ours: the same with the draws stored once";

FpgaTimes times_of(const std::string& design, const std::string& platform, std::int64_t cycles, int epochs,
                   const std::string& binds = "memory_bandwidth") {
  FpgaTimes times;
  times.design = design;
  times.platform = platform;
  times.clock_hz = 200e6;
  times.features = 101;
  times.rows = 10000;
  times.bits = fpga::find_design(design)->bits({});
  times.cycles_per_epoch.assign(static_cast<std::size_t>(epochs), cycles);
  times.cycles_total = cycles * epochs;
  times.bytes_read = 64 * cycles * epochs;
  times.binds = binds;
  times.unconfirmed = {"clock_hz"};
  for (const fpga::StageSpec& stage : fpga::find_design(design)->stages({})) {
    times.pipeline.push_back({stage.name, stage.latency, stage.width_bits});
  }
  return times;
}

// Float takes 6500 cycles an epoch, Q2 1000; both reach the loss after the given epoch.
RunSet training_set(int float_epoch, int quantized_epoch, const std::string& sampling = "fresh") {
  RunSet set;
  ExampleRun run;
  run.figure = "fig5";
  const auto add = [&](int reached) {
    for (run.seed = 1; run.seed <= 3; ++run.seed) {
      run.losses = {10.0, 5.0, 5.0, 5.0, 5.0};
      for (std::size_t e = static_cast<std::size_t>(reached); e < run.losses.size(); ++e) run.losses[e] = 1.0;
      set.runs.push_back(run.run());
    }
  };
  run.fpga = times_of("harp_float", "harp_qpi", 6500, 4);
  add(float_epoch);
  run.samples = quantized("double_sampling", 2, sampling);
  run.fpga = times_of("harp_q2", "harp_qpi", 1000, 4);
  add(quantized_epoch);
  return set;
}

TEST_CASE("fig5: seconds to the same loss are those of the engines") {
  const Finding same = evaluate(training_set(2, 2), "fig5", kFresh).finding;
  CHECK(same.interval.value == Approx(6.5));
  CHECK(same.verdict == Verdict::holds);
  CHECK_THAT(same.note, Catch::Contains("not confirmed of harp_qpi: clock_hz") &&
                            Catch::Contains("median epochs: 32-bit 2, 2-bit 2"));
  const Finding slower = evaluate(training_set(2, 4), "fig5", kFresh).finding;
  CHECK(slower.interval.value == Approx(3.25));
  CHECK(slower.verdict == Verdict::fails);
  const Finding never = evaluate(training_set(2, 5), "fig5", kFresh).finding;
  CHECK(never.interval.value == 0.0);
  CHECK(never.verdict == Verdict::fails);
  CHECK_THAT(never.note, Catch::Contains("2-bit more than") && Catch::Contains("do not get there"));
}

TEST_CASE("fig5: kinds of draws, engines and boards are not mixed") {
  const RunSet set = training_set(2, 2, "once");
  CHECK(evaluate(set, "fig5", kFresh).finding.verdict == Verdict::not_run);
  CHECK(evaluate(set, "fig5", kOnce).finding.verdict == Verdict::holds);
  RunSet other = training_set(2, 2);
  for (Run& run : other.runs) run.fpga->platform = "mine";
  CHECK(evaluate(other, "fig5", kFresh).finding.verdict == Verdict::not_run);
  RunSet untimed = training_set(2, 2);
  for (Run& run : untimed.runs) run.fpga.reset();
  CHECK(evaluate(untimed, "fig5", kFresh).finding.verdict == Verdict::not_run);
}

ExampleRun shape_run(const std::string& figure, const FpgaTimes& times) {
  ExampleRun run;
  run.figure = figure;
  run.measure = {{"kind", "fpga_cycles"}, {"features", times.features}, {"rows", times.rows}};
  run.fpga = times;
  run.losses.clear();
  return run;
}

TEST_CASE("fig5_platform: ratio, bytes and what binds, over boards") {
  RunSet set;
  const auto add = [&](const std::string& design, std::int64_t cycles, std::int64_t a, std::int64_t b,
                       const std::string& binds) {
    ExampleRun run = shape_run("fig5_platform", times_of(design, "harp_qpi", cycles, 1, binds));
    run.platform["memory"]["rate"] = {a, b};
    set.runs.push_back(run.run());
  };
  add("harp_float", 6800, 65, 128, "memory_bandwidth");
  add("harp_q2", 1000, 65, 128, "memory_bandwidth");
  add("harp_q1", 1100, 65, 128, "compute");
  const auto found = [&](const std::string& part) { return evaluate(set, "fig5_platform", part).finding; };
  CHECK(found("(a) seconds an epoch, float / Q2").interval.value == Approx(6.8));
  CHECK(found("(a) seconds an epoch, float / Q2").verdict == Verdict::holds);
  CHECK(found("(a) the float engine is bound").verdict == Verdict::holds);
  CHECK(found("(a) the Q1 engine is bound").value_text == "compute");
  CHECK(found("(a) Q2 reads 8x fewer bytes").verdict == Verdict::fails);
  CHECK(found("(a) ours: seconds an epoch").verdict == Verdict::holds);
  CHECK(found("(b) seconds an epoch").verdict == Verdict::not_run);
  add("harp_float", 8000, 1, 1, "compute");
  add("harp_q2", 1000, 1, 1, "compute");
  const Finding over = found("(a) ours: seconds an epoch");
  CHECK(over.interval.value == Approx(6.8));
  CHECK(over.interval.low == Approx(6.8));
  CHECK(over.interval.high == Approx(8.0));
  CHECK(over.verdict == Verdict::undecided);
  CHECK_THAT(over.note, Catch::EndsWith("0.5078, 200: 6.8; 1, 200: 8"));
  CHECK(found("(a) seconds an epoch, float / Q2").interval.value == Approx(6.8));
}

TEST_CASE("fig13 and fig14: latencies come from the stage lists of the engines") {
  RunSet set;
  for (const char* design : {"harp_float"}) {
    set.runs.push_back(shape_run("fig13", times_of(design, "harp", 100, 1)).run());
  }
  for (const char* design : {"harp_q8", "harp_q4", "harp_q2", "harp_q1"}) {
    set.runs.push_back(shape_run("fig14", times_of(design, "harp", 100, 1)).run());
  }
  CHECK(evaluate(set, "fig13", "harp_float: from multiplying").finding.interval.value == 36.0);
  CHECK(evaluate(set, "fig13", "harp_float: from multiplying").finding.verdict == Verdict::holds);
  CHECK(evaluate(set, "fig14", "harp_q8: from multiplying").finding.interval.value == 13.0);
  CHECK(evaluate(set, "fig14", "harp_q1: from multiplying").finding.interval.value == 15.0);
  CHECK(evaluate(set, "fig14", "harp_q1: from multiplying").finding.verdict == Verdict::fails);
  CHECK(evaluate(set, "fig14", "harp_q8: takes in").finding.verdict == Verdict::holds);
  CHECK(evaluate(set, "fig14", "harp_q1: takes in").finding.verdict == Verdict::fails);  // 64 in this example
  for (Run& run : set.runs) run.fpga->pipeline = {{"something else", 1, 1}};
  CHECK(evaluate(set, "fig13", "harp_float: from multiplying").finding.verdict == Verdict::undecided);
}

TEST_CASE("board: differences of engines are compared with differences of measurements") {
  RunSet set;
  const auto add = [&](const std::string& design, std::int64_t cycles, double measured) {
    FpgaTimes times = times_of(design, "pynq", cycles, 10);
    times.features = 785;
    times.clock_hz = 100e6;
    ExampleRun run = shape_run("board", times);
    run.measure["measured_seconds"] = measured;
    set.runs.push_back(run.run());
  };
  add("pynq_float", 4'000'000, 0.5);  // .4 s
  add("pynq_q1", 100'000, 0.1);       // .01 s
  const auto found = [&](const std::string& part) { return evaluate(set, "board", part).finding; };
  CHECK(found("MNIST, ours: pynq_float minus").interval.value == Approx(-2.5));
  CHECK(found("MNIST, ours: pynq_float minus").verdict == Verdict::holds);
  CHECK(found("MNIST, ours: pynq_float, host").interval.value == Approx(-20.0));
  CHECK(found("MNIST, ours: pynq_float, host").verdict == Verdict::fails);
  CHECK_THAT(found("MNIST, ours: pynq_q1, host").note, Catch::Contains("model 0.01 s, board 0.1 s"));
  CHECK(found("YearPrediction, ours: pynq_float minus").verdict == Verdict::not_run);
}

TEST_CASE("precision_sweep: the fastest quantized engine against float, and where computing takes over") {
  RunSet set;
  const auto add = [&](const std::string& design, const nlohmann::json& samples, std::int64_t cycles,
                       double loss, const std::string& binds) {
    ExampleRun run;
    run.figure = "precision_sweep";
    run.samples = samples;
    run.minimum = 1.0;
    run.fpga = times_of(design, "harp_qpi", cycles, 2, binds);
    add_series(set, run, {loss, loss, loss});
  };
  add("harp_float", {{"kind", "full"}}, 800, 1.0, "memory_bandwidth");
  add("harp_q8", quantized("double_sampling", 8), 400, 1.005, "memory_bandwidth");
  add("harp_q4", quantized("double_sampling", 4), 200, 1.5, "memory_bandwidth");
  add("harp_q2", quantized("double_sampling", 2), 100, 1.5, "memory_bandwidth");
  const auto found = [&](const std::string& part) { return evaluate(set, "precision_sweep", part).finding; };
  const std::string sooner = "(a) HARP behind QPI: ours: some", takeover = "(a) HARP behind QPI: computing";
  CHECK(found(sooner).verdict == Verdict::not_run);
  add("harp_q1", quantized("double_sampling", 1), 100, std::numeric_limits<double>::infinity(), "compute");
  CHECK(found(sooner).interval.value == Approx(2.0));
  CHECK(found(sooner).verdict == Verdict::holds);
  CHECK_THAT(found(sooner).note, Catch::Contains("harp_q4 never"));
  CHECK(found(takeover).verdict == Verdict::holds);
  for (Run& run : set.runs) {
    if (run.fpga->design == "harp_q2") run.fpga->binds = "compute";
  }
  CHECK(found(takeover).interval.value == 2.0);
  CHECK(found(takeover).verdict == Verdict::fails);
}

}  // namespace
}  // namespace zipml::testing
