#include <catch2/catch.hpp>

#include "tests/e2e/sweep_config.h"

namespace zipml::testing {
namespace {

namespace fs = std::filesystem;

/// Runs one double sampling run with the given levels on generated data of `features` columns.
ProcessResult run_with(const TemporaryFolder& folder, const std::string& out, const std::string& levels,
                       int features = 5, const std::string& more = "") {
  const fs::path config = folder / (out + ".json");
  write_text(config, R"({"name": "levels", "dataset": {"kind": "synthetic", "features": )" +
                         std::to_string(features) + R"(, "train_rows": 300, "test_rows": 10},
    "preprocess": {"intercept": false},
    "model": "least_squares", "solver": {"kind": "sgd", "epochs": 3, "alpha": 0.1},
    "precision": {"samples": {"kind": "double_sampling", "bits": 2, "levels": )" +
                         levels + more + "}}}");
  return run_zipml({"run", config.string(), "--out", (folder / out).string()});
}

ResultFile only_result(const fs::path& out) {
  const auto files = find_results(out);
  REQUIRE(files.size() == 1);
  const ReadOutcome<ResultFile> outcome = read_result(files.front());
  REQUIRE(outcome.problem == "");
  return *outcome.value;
}

TEST_CASE("levels are stored, and a config reads them back", "[e2e][levels]") {
  const TemporaryFolder folder;
  REQUIRE(run_with(folder, "first", "\"optimal\"").exit_code == 0);
  const ResultFile first = only_result(folder / "first");
  REQUIRE(first.levels.has_value());
  CHECK(first.levels->strategy == "optimal");
  CHECK(first.levels->sets() == 5);
  CHECK(first.levels->count == 4);

  const fs::path stored = find_results(folder / "first").front();
  const auto from = [](const fs::path& path) {
    return R"({"kind": "given", "path": ")" + path.string() + "\"}";
  };
  REQUIRE(run_with(folder, "again", from(stored)).exit_code == 0);
  const ResultFile again = only_result(folder / "again");
  CHECK(again.x == first.x);
  CHECK(again.levels->values == first.levels->values);
  CHECK(again.run_id != first.run_id);

  // The id is one of the levels: another name of the file changes nothing, other levels do.
  fs::copy_file(stored, folder / "copy.h5");
  REQUIRE(run_with(folder, "copied", from(folder / "copy.h5")).exit_code == 0);
  CHECK(only_result(folder / "copied").run_id == again.run_id);
  REQUIRE(run_with(folder, "other", "\"quantile\"").exit_code == 0);
  fs::copy_file(find_results(folder / "other").front(), folder / "copy.h5",
                fs::copy_options::overwrite_existing);
  REQUIRE(run_with(folder, "changed", from(folder / "copy.h5")).exit_code == 0);
  CHECK(only_result(folder / "changed").run_id != again.run_id);

  const ProcessResult columns = run_with(folder, "columns", from(stored), 6);
  CHECK(columns.exit_code == 2);
  CHECK_THAT(columns.err,
             Catch::Contains("found 5 sets of levels for 6 columns; allowed: one set, or one for each"));
  CHECK(count_results(folder / "columns") == 0);
  const ProcessResult count = run_with(folder, "count", from(stored), 5, R"(, "levels_count": 3)");
  CHECK(count.exit_code == 2);
  CHECK_THAT(count.err, Catch::Contains("/precision/samples/levels/path: " + stored.string() +
                                        ": has 4 levels a set; allowed: 3"));
}

TEST_CASE("levels that cannot be read back are refused before anything is written", "[e2e][levels]") {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& levels, const std::string& message) {
    const ProcessResult result = run_with(folder, "out", levels);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Catch::Contains(message));
    CHECK_FALSE(fs::exists(folder / "out"));
  };
  refused(R"({"kind": "given", "path": "no-such.h5"})",
          "/precision/samples/levels/path: no-such.h5: no such file");
  write_text(folder / "text.h5", "text");
  refused(R"({"kind": "given", "path": ")" + (folder / "text.h5").string() + "\"}",
          "text.h5: truncated, or not written by this program");
  refused(R"({"kind": "given", "values": [0, 2, 1, 3]})", "allowed: ascending levels");
  refused(R"({"kind": "given", "values": [0, 1, 2]})", "found 3 values; allowed: 4 levels");
  refused(R"({"kind": "given"})", "found neither \"values\" nor \"path\"");
  REQUIRE(run_with(folder, "row", R"({"scaling": "row"})").exit_code == 0);
  CHECK(only_result(folder / "row").levels->scaled_by_rows);
  refused(R"({"kind": "given", "path": ")" + find_results(folder / "row").front().string() + "\"}",
          "its levels are relative to the norms of rows");
}

TEST_CASE("groups of columns and samples of rows reach training", "[e2e][levels]") {
  const TemporaryFolder folder;
  REQUIRE(run_with(folder, "all", "\"optimal\"", 5, R"(, "columns_per_group": "all")").exit_code == 0);
  CHECK(only_result(folder / "all").levels->sets() == 1);
  REQUIRE(run_with(folder, "two", "\"optimal\"", 5, R"(, "columns_per_group": 2)").exit_code == 0);
  const StoredLevels two = *only_result(folder / "two").levels;
  CHECK(two.set(0) == two.set(1));
  CHECK(two.set(1) != two.set(2));
  REQUIRE(run_with(folder, "sample", "\"optimal\"", 5, R"(, "sample_rows": 50)").exit_code == 0);
  REQUIRE(run_with(folder, "full", "\"optimal\"", 5).exit_code == 0);
  const StoredLevels sample = *only_result(folder / "sample").levels,
                     full = *only_result(folder / "full").levels;
  for (std::size_t c = 0; c < 5; ++c) {
    CHECK(sample.set(c).front() == full.set(c).front());
    CHECK(sample.set(c).back() == full.set(c).back());
    CHECK(sample.set(c) != full.set(c));
  }
}

}  // namespace
}  // namespace zipml::testing
