#include <array>
#include <catch2/catch.hpp>

#include "engine/data/hdf5_file.h"
#include "experiments/results/results_equal.h"
#include "tests/e2e/sweep_config.h"

namespace zipml::testing {
namespace {

// Runs a config whose sweep has both values of /dataset/memory; returns the results of either.
struct BothResults {
  ResultFile kept, packed;
  std::vector<std::string> differing;  // places
};

BothResults run_both(const TemporaryFolder& folder, const std::string& name, const std::string& dataset,
                     const std::string& samples) {
  const std::filesystem::path config = folder / (name + ".json");
  write_text(config, R"({"name": ")" + name + R"(", "dataset": )" + dataset + R"(,
    "preprocess": {"features": "standardize", "intercept": true, "labels": "standardize"},
    "model": "least_squares", "precision": {"samples": )" +
                         samples + R"(}, "engine": "integer",
    "solver": {"kind": "sgd", "epochs": 3, "batch": 64, "alpha": 0.05}, "seeds": [7],
    "sweep": {"grid": {"/dataset/memory": ["float32", "packed"]}}})");
  const ProcessResult run = run_zipml({"run", config.string(), "--out", (folder / "out").string()});
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const auto files = find_results(folder / "out" / name);
  REQUIRE(files.size() == 2);
  BothResults both;
  for (const auto& file : files) {
    const ResultFile result = read_result(file).value.value();
    const bool packed = result.resolved_json.find("\"packed\"") != std::string::npos;
    (packed ? both.packed : both.kept) = result;
  }
  for (const ResultDifference& difference : compare_results(files[0], files[1]).differences)
    both.differing.push_back(difference.place);
  return both;
}

TEST_CASE("memory packed gives the same bits as float32, and less is kept", "[e2e][memory]") {
  const TemporaryFolder folder;
  const auto columns = [](int r) { return std::to_string(r % 17) + "." + std::to_string(r % 29); };
  std::string csv, libsvm;
  std::vector<float> features, labels;
  for (int r = 0; r < 2500; ++r) {
    csv += columns(r) + "," + columns(r * 3) + "," + std::to_string(r % 11) + "\n";
    libsvm += std::to_string(r % 11) + " 1:" + columns(r) + " 3:" + columns(r * 3) + "\n";
    for (const int value : {r % 17, r % 29, r % 13}) features.push_back(static_cast<float>(value));
    labels.push_back(static_cast<float>(r % 11));
  }
  write_text(folder / "mine.csv", csv);
  write_text(folder / "mine.txt", libsvm);
  Hdf5Writer writer(folder / "mine.h5");
  writer.matrix<float>("/features", 2500, 3, features);
  writer.array("/labels", labels);
  writer.save();
  const auto file = [&](const std::string& kind, const std::string& name) {
    return R"({"kind": ")" + kind + R"(", "path": ")" + (folder / name).string() + R"(", "test_rows": 300})";
  };
  const std::string fresh = R"({"kind": "double_sampling", "bits": 4})",
                    once = R"({"kind": "naive", "bits": 2, "sampling": "once"})";
  const std::vector<std::array<std::string, 3>> cases = {
      {"synthetic", R"({"kind": "synthetic", "features": 20, "train_rows": 3000})", fresh},
      {"csv", file("csv", "mine.csv"), fresh},
      {"libsvm", file("libsvm", "mine.txt"), once},
      {"hdf5", file("hdf5", "mine.h5"), once}};
  for (const auto& [name, dataset, samples] : cases) {
    INFO(name);
    const BothResults both = run_both(folder, name, dataset, samples);
    // The configs differ, and thereby the ids; nothing else does.
    REQUIRE(both.differing == std::vector<std::string>{"attribute /@run_id", "data set /config"});
    REQUIRE(both.kept.trace.size() == 4);
    REQUIRE(both.kept.exact_minimum.has_value());
    REQUIRE(both.packed.provenance.data_checksum == both.kept.provenance.data_checksum);
    REQUIRE(both.packed.provenance.sample_bytes > 0);
    const auto stride = static_cast<std::int64_t>(name == "synthetic" ? 32 : 16);
    REQUIRE(both.kept.provenance.sample_bytes - both.packed.provenance.sample_bytes ==
            static_cast<std::int64_t>(both.kept.train_rows) * stride * 4);
  }
}

// 197 MB at float32 in an address space of that size: it trains packed, and does not otherwise.
TEST_CASE("a set larger than memory at float32 trains packed", "[e2e][memory]") {
  const TemporaryFolder folder;
  constexpr std::int64_t kRows = 96000, kFeatures = 511, kFloat32 = kRows * (kFeatures + 1) * 4;
  const std::string config = (folder / "large.json").string();
  write_text(config, R"({"name": "large",
    "dataset": {"kind": "synthetic", "features": 511, "train_rows": 96000, "test_rows": 0, "memory": "packed"},
    "preprocess": {"features": "none", "intercept": true},
    "model": {"kind": "least_squares", "regularizer": {"kind": "l2", "weight": 0.001}},
    "precision": {"samples": {"kind": "double_sampling", "bits": 2, "sampling": "once"}}, "engine": "integer",
    "solver": {"kind": "sgd", "epochs": 1, "batch": 256, "alpha": 0.05}})");
  const auto run_limited = [&](const std::vector<std::string>& extra) {
    std::vector<std::string> command = {"prlimit", "--as=" + std::to_string(kFloat32)};
    for (std::string& word :
         zipml_command({"run", config, "--threads", "1", "--out", (folder / "out").string()}))
      command.push_back(std::move(word));
    command.insert(command.end(), extra.begin(), extra.end());
    return run_process(command, {.environment = {{"MALLOC_ARENA_MAX", "1"}, {"OMP_STACKSIZE", "1M"}}});
  };
  const ProcessResult packed = run_limited({});
  INFO(packed.err);
  REQUIRE(packed.exit_code == 0);
  const ResultFile result = read_result(find_results(folder / "out/large").at(0)).value.value();
  CAPTURE(result.provenance.peak_memory_bytes);
  REQUIRE(result.provenance.sample_bytes == kRows * 256);
  REQUIRE(result.provenance.peak_memory_bytes < kFloat32 * 3 / 4);
  REQUIRE(result.trace.at(1).train_loss < 0.2 * result.trace.at(0).train_loss);
  const ProcessResult refused = run_limited({"--set", "/dataset/memory=\"float32\""});
  REQUIRE(refused.exit_code == 2);
  REQUIRE_THAT(refused.err, Catch::Contains("bytes of memory") && Catch::Contains("available are"));
}

}  // namespace
}  // namespace zipml::testing
