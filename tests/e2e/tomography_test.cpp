#include <catch2/catch.hpp>

#include "experiments/results/folder_compare.h"
#include "experiments/results/result_file.h"
#include "tests/e2e/process.h"

using namespace zipml;
using namespace zipml::testing;

namespace {

const char* const kConfig = R"({
  "name": "scan",
  "dataset": {"kind": "tomography", "phantom": "thorax", "size": 16, "angles": 12, "slices": 3},
  "preprocess": {"features": "none", "intercept": false},
  "model": {"kind": "least_squares", "regularizer": {"kind": "nonnegative"}},
  "solver": {"kind": "sgd", "epochs": 3, "batch": 8, "alpha": "tune", "tune_grid": [5, 50], "schedule": "constant"},
  "sweep": {"series": [
    {"name": "32-bit", "set": {"/precision/samples": "full"}},
    {"name": "12-bit", "set": {
      "/precision/labels": {"kind": "quantized", "bits": 12},
      "/precision/samples": {"kind": "double_sampling", "bits": 12},
      "/precision/model": {"kind": "quantized", "bits": 12},
      "/precision/gradient": {"kind": "quantized", "bits": 12}}}]}
})";

std::vector<std::string> arguments(const TemporaryFolder& folder, const char* out, const char* threads) {
  return {"run", (folder / "scan.json").string(), "--out", (folder / out).string(), "--threads", threads};
}

}  // namespace

TEST_CASE("a scan is reconstructed by the program, the same bits for any number of threads", "[e2e]") {
  const TemporaryFolder folder;
  write_text(folder / "scan.json", kConfig);
  const auto done = run_zipml(arguments(folder, "one", "1"));
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  REQUIRE(run_zipml(arguments(folder, "three", "3")).exit_code == 0);
  REQUIRE(result_folder_differences(folder / "one", folder / "three") == std::vector<std::string>{});

  std::size_t reconstructions = 0;
  for (const auto& file : find_results(folder / "one")) {
    const ReadOutcome<ResultFile> outcome = read_result(file);
    REQUIRE(outcome.problem == "");
    const ResultFile& result = *outcome.value;
    REQUIRE(result.image);
    ++reconstructions;
    CHECK(result.image->shown_slice == 1);
    CHECK(result.image->quality.size() == 4);
    CHECK(result.image->quality.back().psnr > result.image->quality.front().psnr);
    CHECK(result.x.size() == 256);
    CHECK(result.train_rows == 3 * 12 * 16);
    CHECK(result.tuning);
    const double label_bits = 8.0 * static_cast<double>(result.image->label_bytes.back()) / (3.0 * 576.0);
    CHECK(label_bits == Approx(result.series == "32-bit" ? 32.0 : 12.0).epsilon(0.02));
  }
  CHECK(reconstructions == 2);
  const auto again = run_zipml(arguments(folder, "one", "1"));
  CHECK(again.err.find("2 skipped") != std::string::npos);
  CHECK(run_zipml({"export", (folder / "one").string(), "--final"}).exit_code == 0);
}
