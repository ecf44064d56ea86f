#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

constexpr const char* kSquares = "least squares";

ExampleRun bytes(std::uint64_t samples, std::uint64_t model, std::uint64_t gradient) {
  ExampleRun run;
  run.figure = "fig4";
  run.bytes_an_epoch = samples;
  run.model_bytes_an_epoch = model;
  run.gradient_bytes_an_epoch = gradient;
  return run;
}

ExampleRun low(ExampleRun run, int bits) {
  run.samples = quantized("double_sampling", bits);
  run.model = run.gradient = {{"kind", "quantized"}, {"bits", 8}};
  return run;
}

// Least squares at 32 bits and at 4 bits end to end.
Finding of_bytes(const ExampleRun& full, const ExampleRun& quantized) {
  RunSet set;
  for (const ExampleRun& run : {full, low(quantized, 4)}) set.runs.push_back(run.run());
  return evaluate(set, "fig2", kSquares).finding;
}

TEST_CASE("fig2: samples are held against the larger of the other channels, at both precisions") {
  const Finding wide = of_bytes(bytes(4000, 100, 250), bytes(800, 50, 100));
  CHECK(wide.interval.value == Approx(8.0));
  CHECK(wide.verdict == Verdict::holds);
  CHECK_THAT(wide.note, Catch::Contains("32-bit 16x") && Catch::Contains("low precision 8x"));
  CHECK(of_bytes(bytes(4000, 100, 250), bytes(100, 100, 50)).verdict == Verdict::holds);
  CHECK(of_bytes(bytes(4000, 100, 250), bytes(99, 50, 100)).verdict == Verdict::fails);
  CHECK(of_bytes(bytes(249, 100, 250), bytes(800, 50, 100)).verdict == Verdict::fails);
}

TEST_CASE("fig2: a family without its low precision was not run") {
  RunSet set;
  set.runs.push_back(bytes(4000, 100, 250).run());
  CHECK(evaluate(set, "fig2", kSquares).finding.verdict == Verdict::not_run);
  CHECK(evaluate(set, "fig2", "network").finding.verdict == Verdict::not_run);
}

// 12 bits, of the sinogram alone or of all channels.
ResultFile scan(const ExampleRun& run, bool low_sinogram, std::uint64_t label_bytes) {
  ResultFile file = run.result();
  if (low_sinogram) {
    nlohmann::json config = nlohmann::json::parse(file.resolved_json);
    config["precision"]["labels"] = {{"kind", "quantized"}, {"bits", 12}, {"levels", {{"kind", "uniform"}}}};
    file.resolved_json = config.dump();
    file.run_id = sha256_hex(file.resolved_json).substr(0, 16);
  }
  ReconstructedImage image;
  image.quality = {{1.0, 0.0, 0.0}, {0.1, 30.0, 0.9}};
  image.label_bytes = {0, label_bytes};
  file.image = image;
  return file;
}

TEST_CASE("fig2: computed rows are not moved, a sinogram is") {
  ExampleRun run = bytes(4000, 2000, 2000);
  run.figure = "fig1c";
  run.dataset = {{"kind", "tomography"}, {"phantom", "shepp-logan"}};
  run.losses = {1.0, 0.1};
  RunSet set;
  set.runs.push_back(make_run(scan(run, false, 1000), "example"));
  set.runs.push_back(make_run(scan(run, true, 20), "example"));
  set.runs.push_back(make_run(scan(low(run, 12), true, 2000), "example"));
  const Finding read = evaluate(set, "fig2", "rows read").finding;
  CHECK(read.interval.value == Approx(2.5));
  CHECK(read.verdict == Verdict::holds);
  const Finding computed = evaluate(set, "fig2", "rows computed").finding;
  CHECK(computed.interval.value == Approx(0.01));
  CHECK(computed.verdict == Verdict::fails);
}

TEST_CASE("fig2: the link binds only if it binds both engines") {
  const auto finding = [](const std::string& q2_binds) {
    ExampleRun run;
    run.figure = "fig5";
    FpgaTimes times;
    times.design = "harp_float";
    times.platform = "harp_qpi";
    times.clock_hz = 200e6;
    times.cycles_per_epoch = {100, 100};
    times.binds = "memory_bandwidth";
    run.fpga = times;
    RunSet set;
    set.runs.push_back(run.run());
    run.samples = quantized("double_sampling", 2);
    run.fpga->design = "harp_q2";
    run.fpga->binds = q2_binds;
    set.runs.push_back(run.run());
    return evaluate(set, "fig2", "FPGA").finding;
  };
  CHECK(finding("memory_bandwidth").verdict == Verdict::holds);
  CHECK(finding("memory_bandwidth").value_text == "samples");
  CHECK(finding("compute").verdict == Verdict::fails);
  CHECK_THAT(finding("compute").note, Catch::Contains("harp_q2: compute binds"));
}

}  // namespace
}  // namespace zipml::testing
