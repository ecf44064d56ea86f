#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

constexpr int kBits[] = {2, 3, 4, 6, 8, 10, 12, 14, 16};

// Three seeds of a reconstruction; no bits: float32.
struct ExampleImage {
  std::string figure = "fig1c", samples = "full", channels = "full", rounding = "stochastic";
  int bits = 0;
  double psnr = 30.0, ssim = 0.95;
  std::uint64_t label_bytes = 3200, row_bytes = 32000;
};

nlohmann::json quantizer(const std::string& kind, int bits) {
  return {{"kind", kind}, {"bits", bits}, {"levels", {{"kind", "uniform"}}}};
}

void add(RunSet& set, const ExampleImage& image) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    ExampleRun example;
    example.figure = image.figure;
    example.dataset = {{"kind", "tomography"}, {"phantom", "shepp-logan"}};
    example.title = "Shepp-Logan phantom";
    example.seed = seed;
    example.losses = {1.0, 0.1};
    example.bytes_an_epoch = image.row_bytes;
    if (image.samples != "full") example.samples = quantizer(image.samples, image.bits);
    if (image.channels != "full") {
      example.model = example.gradient = {{"kind", image.channels}, {"bits", image.bits}};
    }
    ResultFile file = example.result();
    if (image.bits > 0) {
      nlohmann::json config = nlohmann::json::parse(file.resolved_json);
      config["precision"]["labels"] = quantizer("quantized", image.bits);
      config["precision"]["labels"]["rounding"] = image.rounding;
      file.resolved_json = config.dump();
      file.run_id = sha256_hex(file.resolved_json).substr(0, 16);
    }
    ReconstructedImage made;
    made.quality = {{1.0, 0.0, 0.0}, {0.1, image.psnr, image.ssim}};
    made.label_bytes = {0, image.label_bytes};
    file.image = made;
    set.runs.push_back(make_run(file, "example"));
  }
}

ExampleImage of_bits(const std::string& samples, int bits, double psnr) {
  ExampleImage image;
  image.figure = "tomography_bits";
  image.samples = samples;
  image.bits = bits;
  image.psnr = psnr;
  if (samples == "deterministic") image.rounding = "nearest";
  return image;
}

Finding of(const RunSet& set, const std::string& figure, const std::string& part) {
  std::vector<Finding> found;
  for (const ClaimResult& result : evaluate_claims(set)) {
    const bool same_object = figure != "fig1c" || result.claim.dataset == "Shepp-Logan phantom";
    if (result.claim.figure == figure && same_object && result.claim.claim.find(part) != std::string::npos) {
      found.push_back(result.finding);
    }
  }
  REQUIRE(found.size() == 1);
  return found.front();
}

TEST_CASE("the quality at 12 bits is held against 32 bits", "[report]") {
  const auto verdict = [](double psnr, double ssim, const char* part) {
    RunSet set;
    add(set, {});
    ExampleImage low;
    low.bits = 12;
    low.psnr = psnr;
    low.ssim = ssim;
    add(set, low);
    return of(set, "fig1c", part).verdict;
  };
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(verdict(29.6, 0.95, "sinogram alone: PSNR") == Verdict::holds);
  CHECK(verdict(29.4, 0.95, "sinogram alone: PSNR") == Verdict::fails);
  CHECK(verdict(29.4, 0.945, "sinogram alone: SSIM") == Verdict::holds);
  CHECK(verdict(29.4, 0.93, "sinogram alone: SSIM") == Verdict::fails);
  CHECK(verdict(-infinity, -1.0, "sinogram alone: PSNR") == Verdict::fails);  // diverged
  CHECK(verdict(29.6, 0.95, "end to end: PSNR") == Verdict::not_run);
}

TEST_CASE("bytes are those that were read", "[report]") {
  RunSet set;
  add(set, {});
  ExampleImage low;
  low.bits = 12;
  low.label_bytes = 1200;
  add(set, low);
  low.samples = "double_sampling";
  low.channels = "quantized";
  low.row_bytes = 14000;
  add(set, low);
  const Finding sinogram = of(set, "fig1c", "fewer sinogram bytes");
  CHECK(sinogram.interval.value == Approx(3200.0 / 1200.0));
  CHECK(sinogram.verdict == Verdict::holds);
  const Finding all = of(set, "fig1c", "fewer bytes of rows");
  CHECK(all.interval.value == Approx(35200.0 / 15200.0));
  CHECK(all.verdict == Verdict::fails);
}

TEST_CASE("the smallest sufficient bits are those from which on all suffice", "[report]") {
  const auto needed = [](const std::vector<int>& bad) {
    RunSet set;
    add(set, of_bits("full", 0, 30.0));
    for (const int bits : kBits) {
      const bool is_bad = std::find(bad.begin(), bad.end(), bits) != bad.end();
      add(set, of_bits("full", bits, is_bad ? 29.0 : 29.9));
    }
    return of(set, "tomography_bits", "sinogram alone");
  };
  CHECK(needed({2, 3}).interval.value == 4.0);
  CHECK(needed({2, 6}).interval.value == 8.0);  // that 3 and 4 suffice was luck
  CHECK(needed({}).interval.value == 2.0);
  const Finding never = needed({16});
  CHECK(std::isinf(never.interval.value));
  CHECK(never.verdict == Verdict::fails);
  CHECK(needed({2, 3, 4, 6, 8, 10, 12}).verdict == Verdict::fails);

  RunSet gaps;
  add(gaps, of_bits("full", 0, 30.0));
  add(gaps, of_bits("full", 16, 30.0));
  const Finding finding = of(gaps, "tomography_bits", "sinogram alone");
  CHECK(finding.verdict == Verdict::not_run);
  CHECK(finding.note.find("14 bits") != std::string::npos);
}

TEST_CASE("roundings are compared at the same bits", "[report]") {
  RunSet set;
  add(set, of_bits("double_sampling", 4, 29.0));
  add(set, of_bits("naive", 4, 29.5));
  add(set, of_bits("deterministic", 4, 28.0));
  CHECK(of(set, "tomography_bits",
           "4 bits: PSNR of rows and sinogram, double sampling above that of rows and sinogram, naive")
            .verdict == Verdict::fails);
  const Finding nearest =
      of(set, "tomography_bits",
         "4 bits: PSNR of rows and sinogram, double sampling above that of rows and sinogram, nearest");
  CHECK(nearest.verdict == Verdict::holds);
  CHECK(nearest.interval.value == Approx(1.0));
}

}  // namespace
}  // namespace zipml::testing
