#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/results/result_file.h"
#include "tests/e2e/process.h"

namespace zipml::testing {

/// A small sweep on generated data: 3 series x 4 seeds, 10 epochs, the step tuned once.
inline constexpr int kSweepRuns = 12;

inline std::string sweep_config(int train_rows = 400) {
  return R"({
  "name": "sweep", "about": "a sweep for tests",
  "dataset": {"kind": "synthetic", "features": 10, "train_rows": )" +
         std::to_string(train_rows) + R"(, "test_rows": 100},
  "preprocess": {"features": "standardize", "intercept": true},
  "model": {"kind": "least_squares"},
  "solver": {"kind": "sgd", "epochs": 10, "batch": 16, "alpha": "tune", "tune_grid": [0.01, 0.1, 0.3]},
  "seeds": 4,
  "sweep": {"series": [
    {"name": "32-bit", "set": {"/precision/samples": {"kind": "full"}}},
    {"name": "DS 4-bit", "set": {"/precision/samples": {"kind": "double_sampling", "bits": 4}}},
    {"name": "naive 2-bit", "set": {"/precision/samples": {"kind": "naive", "bits": 2}}}]}
})";
}

/// Writes the sweep's config into the folder and returns `zipml run CONFIG --out FOLDER/OUT EXTRA...`.
inline std::vector<std::string> sweep_arguments(const TemporaryFolder& folder, const std::string& out,
                                                const std::vector<std::string>& extra = {},
                                                int train_rows = 400) {
  const std::filesystem::path config = folder / "sweep.json";
  if (!std::filesystem::exists(config)) write_text(config, sweep_config(train_rows));
  std::vector<std::string> arguments = {"run", config.string(), "--out", (folder / out).string()};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  return arguments;
}

/// Results of a sweep that are there now; 0 before the folder exists.
inline int count_results(const std::filesystem::path& out) {
  return std::filesystem::exists(out) ? static_cast<int>(find_results(out).size()) : 0;
}

/// Files in a folder, at any depth, that a writer left unfinished.
inline int count_parts(const std::filesystem::path& folder) {
  int parts = 0;
  if (!std::filesystem::exists(folder)) return parts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    parts += entry.path().extension() == ".part";
  }
  return parts;
}

}  // namespace zipml::testing
