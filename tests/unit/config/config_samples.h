#pragma once

#include <string>

#include "engine/core/error.h"
#include "experiments/config/config.h"
#include "experiments/config/json_reader.h"

namespace zipml::testing {

/// A small valid config; tests change it.
inline Json small_config() {
  return parse_json(R"({
    "name": "small",
    "about": "a test",
    "dataset": {"kind": "synthetic", "features": 10},
    "preprocess": {"features": "standardize"},
    "model": "least_squares",
    "precision": {"samples": {"kind": "double_sampling", "bits": 4},
                  "model": {"kind": "quantized", "bits": 8}},
    "solver": {"kind": "sgd", "epochs": 3, "alpha": 0.1},
    "seeds": 2,
    "figure": {"id": "fig4"}
  })",
                    "small.json");
}

/// The same with panels, series, a grid, a zip and quick values.
inline Json sweep_config() {
  Json config = small_config();
  config["sweep"] = parse_json(R"({
    "grid": {"/solver/batch": [1, 16, 64]},
    "zip": {"/solver/alpha": [0.1, 0.2], "/solver/epochs": [5, 6]},
    "series": [{"name": "DS", "set": {"/precision/samples/bits": 3}},
               {"name": "32-bit", "set": {"/precision/samples": "full"}}],
    "panels": [{"name": "a", "set": {"/dataset/features": 10}},
               {"name": "b", "set": {"/dataset/features": 20}, "quick": {"/dataset/train_rows": 500},
                "series": [{"name": "naive", "set": {"/precision/samples": {"kind": "naive", "bits": 3}}}]}]
  })",
                               "small.json");
  config["quick"] = {{"/sweep/zip/~1solver~1epochs", {1, 2}}, {"/seeds", {7}}};
  return config;
}

/// One that measures instead of training.
inline Json measuring_config(const char* measure = R"({"kind": "gradient_error", "draws": 4})") {
  Json config = small_config();
  config.erase("solver");
  config["precision"].erase("model");
  config["measure"] = parse_json(measure, "small.json");
  return config;
}

/// One with samples that harp_q2 reads, timed on it.
inline Json timed_config() {
  Json config = small_config();
  config["precision"] = {{"samples", {{"kind", "double_sampling"}, {"bits", 2}, {"levels_count", 3}}}};
  config["fpga"] = {{"design", "harp_q2"}};
  return config;
}

inline Config parsed(const Json& config, const ConfigOptions& options = {}) {
  return parse_config(config.dump(), "small.json", options);
}

/// The message of the InputError that the config causes; empty if it is fine.
inline std::string error_of(const Json& config, const ConfigOptions& options = {}) {
  try {
    parsed(config, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace zipml::testing
