#pragma once

#include <cmath>
#include <limits>

#include "experiments/results/result_file.h"

namespace zipml::testing {

/// A result with every member set to something that is not its default.
inline ResultFile example_result() {
  ResultFile result;
  result.status = RunStatus::diverged;
  result.zipml_version = "9.8.7";
  result.run_id = "0123456789abcdef";
  result.config_name = "example";
  result.panel = "(a) cadata";
  result.series = "DS, \"4 bit\"";
  result.seed = 0xFFFFFFFFFFFFFFFFu;
  result.reproducible = false;
  result.alpha = 0.1;
  result.dataset_name = "year-like";
  result.dataset_title = "year-like (generated stand-in for YearPredictionMSD)";
  result.dataset_stand_in_for = "YearPredictionMSD";
  result.resolved_json = R"({"config":"example","seed":1})";
  for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
    TraceRow row;
    row.epoch = epoch;
    row.iteration = 7u * epoch;
    row.train_loss = 1.0 / (epoch + 3.0);
    row.test_loss = std::numeric_limits<double>::quiet_NaN();
    row.test_accuracy = 0.5 + 0.1 * epoch;
    row.bytes_read = (std::uint64_t{1} << 60) + epoch;
    row.values_read = 1000u * epoch;
    row.model_bytes = 10u * epoch;
    row.gradient_bytes = 20u * epoch;
    row.share_refetched = 0.25;
    result.trace.push_back(row);
  }
  result.exact_minimum = 0.125;
  result.x = {1.5f, -2.25f, 0.1f};
  result.weights_original = {3.0, 0.1, -7.0};
  result.preprocess = {{1.0, 2.0}, {3.0, 4.0}, 5.0, 6.0, 36.0, true};
  result.tuning = Tuning{{0.01, 0.1, 1.0}, {2.0, 1.0, std::numeric_limits<double>::quiet_NaN()}, 0.1};
  result.provenance = {"abc", "g++ 12", "-O3", "a CPU", "AVX2", "hdf5 1.10", "ffff", {"cadata 00ff"}, 7};
  result.epoch_seconds = {0.5, 0.25};
  result.total_seconds = 0.75;
  return result;
}

}  // namespace zipml::testing
