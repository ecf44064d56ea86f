#include <catch2/catch.hpp>
#include <filesystem>

#include "experiments/results/folder_compare.h"
#include "tests/e2e/process.h"
#include "tests/e2e/sweep_config.h"
#include "tests/unit/data/data_files.h"
#include "tests/unit/data/tar_bytes.h"

namespace zipml::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = R"({
  "name": "net",
  "dataset": {"kind": "cifar10-like", "train_rows": 300, "test_rows": 100},
  "preprocess": {"features": "center", "intercept": false},
  "model": "cifar10_quick",
  "solver": {"iterations": 6, "batch": 20, "display": 3, "test_every": 3},
  "seeds": 2,
  "sweep": {"series": [
    {"name": "32-bit", "set": {}},
    {"name": "Optimal5", "set": {"/precision/weights": {"kind": "quantized", "bits": 3, "levels_count": 5,
                                                        "levels": "optimal"}}}]}
})";

std::vector<std::string> arguments(const TemporaryFolder& folder, const std::string& out,
                                   const std::vector<std::string>& extra = {}) {
  write_text(folder / "net.json", kConfig);
  std::vector<std::string> all = {"run", (folder / "net.json").string(), "--out", (folder / out).string()};
  all.insert(all.end(), extra.begin(), extra.end());
  return all;
}

bool have_torch() {
  if (fs::exists(fs::path(ZIPML_BINARY_DIR) / "libzipml_torch.so")) return true;
  WARN("skipped: built without LibTorch");
  return false;
}

TEST_CASE("networks are trained, stored, exported and not repeated", "[e2e][torch]") {
  if (!have_torch()) return;
  const TemporaryFolder folder;
  const ProcessResult first = run_zipml(arguments(folder, "out"));
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  REQUIRE_THAT(first.err, Catch::Contains("4 done, 0 skipped, 0 diverged, 0 failed"));
  for (const auto& file : find_results(folder / "out")) {
    const ReadOutcome<ResultFile> result = read_result(file);
    REQUIRE(result.problem == "");
    REQUIRE(result.value->trace.size() == 3);
    REQUIRE(result.value->trace.back().iteration == 6);
    REQUIRE(result.value->trace.back().test_accuracy >= 0.0);
    REQUIRE(result.value->x.size() == 145578);
    REQUIRE(result.value->dataset_stand_in_for == "cifar10");
    REQUIRE_FALSE(result.value->reproducible);
    REQUIRE_THAT(result.value->provenance.libraries, Catch::Contains("libtorch"));
  }
  REQUIRE_THAT(run_zipml(arguments(folder, "out")).err, Catch::Contains("0 done, 4 skipped"));
  const ProcessResult csv = run_zipml({"export", (folder / "out").string(), "--final"});
  REQUIRE(std::count(csv.out.begin(), csv.out.end(), '\n') == 5);
}

TEST_CASE("networks end with the same bits for any number of threads and jobs", "[e2e][torch]") {
  if (!have_torch()) return;
  const TemporaryFolder folder;
  REQUIRE(run_zipml(arguments(folder, "one", {"--jobs", "1", "--threads", "1"})).exit_code == 0);
  ProcessOptions many;
  many.environment = {{"OMP_NUM_THREADS", "4"}};
  REQUIRE(run_zipml(arguments(folder, "two", {"--jobs", "2", "--threads", "3"}), many).exit_code == 0);
  REQUIRE(result_folder_differences(folder / "one", folder / "two") == std::vector<std::string>{});
}

TEST_CASE("an incomplete, short or damaged CIFAR-10 is refused by name, and nothing is written",
          "[e2e][torch]") {
  const TemporaryFolder folder;
  std::string config = kConfig;
  const std::string generated = "\"cifar10-like\"";
  config.replace(config.find(generated), generated.size(), "\"cifar10\"");
  const auto error = [&](const std::string& data) {
    auto command = arguments(folder, "out", {"--data-dir", (folder / data).string()});
    write_text(folder / "net.json", config);
    const ProcessResult result = run_zipml(command);
    CHECK(result.exit_code == 2);
    CHECK(count_results(folder / "out") == 0);
    return result.err;
  };
  for (const char* batch : {"data_batch_1", "data_batch_2", "data_batch_4", "data_batch_5", "test_batch"})
    write_text(folder / "missing/cifar-10-batches-bin" / (batch + std::string(".bin")), "x");
  CHECK_THAT(error("missing"),
             Catch::Contains("data set 'cifar10': 'data_batch_3.bin' (or packed) is missing"));
  if (!have_torch()) return;  // before any set is read
  write_text(folder / "short/cifar-10-binary.tar", test::cifar_tar(2));
  CHECK_THAT(error("short"), Catch::Contains((folder / "short/cifar-10-binary.tar").string()) &&
                                 Catch::Contains("'data_batch_1.bin' has 6146 bytes; 30730000 are expected"));
  std::string packed = test::gzipped(test::cifar_tar(2));
  packed.resize(packed.size() / 2);
  write_text(folder / "damaged/cifar-10-binary.tar.gz", packed);
  CHECK_THAT(error("damaged"), Catch::Contains((folder / "damaged/cifar-10-binary.tar.gz").string()));
}

TEST_CASE("without LibTorch networks are skipped, which is said, and all else runs", "[e2e]") {
  const TemporaryFolder folder;
  const fs::path alone = folder / "zipml";
  fs::copy_file(zipml_command({}).at(0), alone);
  const auto run = [&](std::vector<std::string> command) {
    command.insert(command.begin(), alone.string());
    return run_process(command);
  };
  ProcessResult result = run(arguments(folder, "out"));
  REQUIRE(result.exit_code == 1);
  REQUIRE_THAT(result.err, Catch::Contains("net: 4 runs skipped: this program was built without LibTorch; "
                                           "./run_all.sh --with-torch installs LibTorch and builds it in"));
  REQUIRE(count_results(folder / "out") == 0);
  std::vector<std::string> both = sweep_arguments(folder, "out");
  both.insert(both.begin() + 1, (folder / "net.json").string());
  result = run(both);
  REQUIRE(result.exit_code == 0);
  REQUIRE_THAT(result.err, Catch::Contains("net: 4 runs skipped") && Catch::Contains("12 done"));
  result = run({"report", (folder / "out").string(), "--format", "md"});
  REQUIRE_THAT(result.out, Catch::Contains("no results; this program was built without LibTorch"));
}

}  // namespace
}  // namespace zipml::testing
