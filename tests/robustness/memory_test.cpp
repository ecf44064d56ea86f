#include "experiments/config/config.h"
#include "experiments/config/memory_need.h"
#include "tests/robustness/sweep_folder.h"

namespace zipml::testing {
namespace {

const std::string kAsItIs = R"(, "preprocess": {"features": "none", "intercept": false})";

std::string config_of(const std::string& dataset, const std::string& samples, const std::string& more = "") {
  return R"({"name": "large", "dataset": )" + dataset +
         R"(, "model": "least_squares", "precision": {"samples": )" + samples +
         R"(}, "solver": {"epochs": 1, "alpha": 0.001})" + more + "}";
}

const std::string kNaive = R"({"kind": "naive", "bits": 8})";

std::vector<std::string> run_arguments(const TemporaryFolder& folder, const std::string& config,
                                       const std::vector<std::string>& more = {}) {
  const std::filesystem::path file = folder / "large.json";
  write_text(file, config);
  std::vector<std::string> arguments = {"run", file.string(), "--out", (folder / "out").string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// Exit 2 before anything starts, with file, place and both numbers; nothing is written.
void require_too_large(const TemporaryFolder& folder, const ProcessResult& run, const std::string& place,
                       const std::string& numbers) {
  INFO(run.err);
  REQUIRE(run.exit_code == 2);
  REQUIRE_THAT(run.err, Catch::StartsWith((folder / "large.json").string() + ": " + place) &&
                            Catch::Contains(numbers));
  REQUIRE(!std::filesystem::exists(folder / "out"));
}

TEST_CASE("more data than any machine has memory for is refused with the numbers", "[robustness][memory]") {
  const TemporaryFolder folder;
  const std::string huge =
      R"({"kind": "synthetic", "features": 100000, "train_rows": 100000000, "test_rows": 0})";
  const ProcessResult run = run_zipml(run_arguments(folder, config_of(huge, kNaive)));
  require_too_large(folder, run,
                    "/dataset/train_rows: the run needs at least 80,006,800,000,000 bytes of memory (data "
                    "80,006,800,000,000, stored samples ",
                    "available are ");
  // Checking and planning need no memory.
  const ProcessResult valid = run_zipml({"validate", (folder / "large.json").string()});
  REQUIRE(valid.exit_code == 0);
  REQUIRE_THAT(valid.err,
               Catch::Contains("note: " + (folder / "large.json").string() + ": /dataset/train_rows: "));
  REQUIRE(run_zipml(run_arguments(folder, config_of(huge, kNaive), {"--dry-run"})).exit_code == 0);
}

TEST_CASE("what asks for the memory is named where the user wrote it", "[robustness][memory]") {
  const TemporaryFolder folder;
  const std::string small = R"({"kind": "synthetic", "features": 1000, "train_rows": 1000, "test_rows": 10})";
  const auto refused = [&](const std::string& config) {
    return run_zipml(run_arguments(folder, config, {"--memory", "64M"}));
  };
  require_too_large(
      folder, refused(config_of(R"({"kind": "synthetic", "train_rows": 100, "test_rows": 1000000})", kNaive)),
      "/dataset/test_rows: ", "available are 67,108,864 (--memory 64M)");
  require_too_large(folder, refused(config_of(small, R"({"kind": "naive", "bits": 16})")),
                    "/precision/samples/bits: ", "levels 262,406,144");
  require_too_large(
      folder,
      refused(config_of(small, kNaive, R"(, "sweep": {"grid": {"/dataset/train_rows": [100, 900000]}})")),
      "/sweep/grid/~1dataset~1train_rows/1 (sets /dataset/train_rows): ", "stored samples 900,900,000");
  require_too_large(
      folder,
      refused(config_of(R"({"kind": "tomography", "size": 256, "angles": 256})", "\"full\"", kAsItIs)),
      "/dataset/size: ", "available are 67,108,864");
  require_too_large(folder, refused(config_of("{\"kind\": \"year-like\"}", kNaive)),
                    "/dataset/train_rows: ", "available are 67,108,864");
  require_too_large(folder,
                    run_zipml(run_arguments(folder, config_of(small, kNaive),
                                            {"--set", "/solver/epochs=1000000", "--memory", "64M"})),
                    "--set /solver/epochs (sets /solver/epochs): ", "trace ");
}

TEST_CASE("runs side by side share what there is", "[robustness][memory]") {
  const TemporaryFolder folder;
  const std::string data = R"({"kind": "synthetic", "features": 100, "train_rows": 20000, "test_rows": 10})";
  const std::string config =
      config_of(data, kNaive, R"(, "sweep": {"grid": {"/dataset/seed": [1, 2, 3, 4]}})");
  // Each run has 9 MB of data of its own, 18 while they are prepared, and 2 MB of samples.
  const ProcessResult asked = run_zipml(run_arguments(folder, config, {"--jobs", "4", "--memory", "36M"}));
  require_too_large(folder, asked, "/dataset: --jobs 4: 4 runs side by side need at least 5",
                    "available are 37,748,736 (--memory 36M); allowed: --jobs 2");
  require_too_large(folder, run_zipml(run_arguments(folder, config, {"--jobs", "4", "--memory", "4M"})),
                    "/dataset/train_rows: ", "available are 4,194,304");
}

TEST_CASE("where the number of jobs is left open, as many are run as there is memory for",
          "[robustness][memory]") {
  const TemporaryFolder folder;
  const std::string data = R"({"kind": "synthetic", "features": 100, "train_rows": 20000, "test_rows": 10})";
  const std::string config = config_of(data, kNaive, R"(, "sweep": {"grid": {"/dataset/seed": [1, 2]}})");
  const ProcessResult run = run_zipml(run_arguments(folder, config, {"--memory", "22M"}));
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  REQUIRE(count_results(folder / "out") == 2);
  if (run.err.find("[1/2]") == 0) {
    WARN("one CPU: there is nothing to reduce");
  } else {
    REQUIRE_THAT(run.err,
                 Catch::Contains("2 runs side by side need at least ") && Catch::Contains(": running 1\n"));
  }
  // What is finished needs no memory.
  REQUIRE(run_zipml(run_arguments(folder, config, {"--memory", "1K", "--jobs", "2"})).exit_code == 0);
}

TEST_CASE("a file whose rows would not fit is refused by its name", "[robustness][memory]") {
  const TemporaryFolder folder;
  std::string wide;
  for (int row = 0; row < 40; ++row) wide += "1 1:0.5 " + std::to_string(1000000 + row) + ":1\n";
  const std::filesystem::path file = folder / "wide.svm";
  write_text(file, wide);
  const auto arguments =
      run_arguments(folder, config_of(R"({"kind": "libsvm", "path": ")" + file.string() + "\"}", "\"full\""),
                    {"--memory", "64M"});
  const ProcessResult run = run_zipml(arguments);
  INFO(run.err);
  REQUIRE(run.exit_code == 2);
  REQUIRE_THAT(run.err,
               Catch::Contains(file.string() + ": its rows need at least ") &&
                   Catch::Contains("bytes of memory as dense rows of float32; available are 67108864"));
  REQUIRE(count_results(folder / "out") == 0);
}

TEST_CASE("a size of memory is read strictly", "[robustness][memory]") {
  const TemporaryFolder folder;
  const std::string small = config_of(R"({"kind": "synthetic", "train_rows": 100})", kNaive);
  for (const char* wrong : {"", "0", "G", "8X", "-1", "8 G", "1e9", "99999999999G", "8Gi8"}) {
    const ProcessResult run = run_zipml(run_arguments(folder, small, {"--memory", wrong}));
    INFO(wrong << ": " << run.err);
    REQUIRE(run.exit_code == 2);
    REQUIRE_THAT(run.err, Catch::Contains("--memory"));
  }
}

TEST_CASE("the estimate is what runs take", "[robustness][memory]") {
  if (kSanitized) {
    WARN("skipped: sanitizers take memory of their own");
    return;
  }
  const TemporaryFolder folder;
  const std::pair<const char*, const char*> shapes[] = {
      {R"({"kind": "synthetic", "features": 500, "train_rows": 30000, "test_rows": 10})", "\"full\""},
      {R"({"kind": "synthetic", "features": 200, "train_rows": 100, "test_rows": 60000})", "\"full\""},
      {R"({"kind": "synthetic", "features": 50, "train_rows": 200, "test_rows": 20000})",
       R"({"kind": "double_sampling", "bits": 16})"},
      {R"({"kind": "tomography", "size": 128, "angles": 128})", "\"full\""}};
  for (const auto& [data, samples] : shapes) {
    const std::string text = config_of(data, samples, kAsItIs);
    ConfigOptions options;
    const RunSpec spec = parse_config(text, "large.json", options).runs.front();
    const std::uint64_t need = memory_need(spec).total();
    std::filesystem::remove_all(folder / "out");
    const ProcessResult run = run_zipml(run_arguments(folder, text, {"--threads", "1"}));
    REQUIRE(run.exit_code == 0);
    const std::uint64_t peak = run.peak_bytes;
    INFO(data << " " << samples << ": estimated " << need << ", taken " << peak);
    // From below: what fits is not refused. Not far below: what is refused does not fit.
    CHECK(static_cast<double>(need) < 1.05 * static_cast<double>(peak) + 2e6);
    CHECK(static_cast<double>(need) > 0.6 * static_cast<double>(peak) - 25e6);
  }
}

}  // namespace
}  // namespace zipml::testing
