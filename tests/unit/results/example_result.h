#pragma once

#include <cmath>
#include <limits>

#include "experiments/results/result_file.h"

namespace zipml::testing {

/// Times of two epochs.
inline FpgaTimes example_times() {
  FpgaTimes times;
  times.design = "harp_q2";
  times.design_choice = R"({"kind":"harp_q2"})";
  times.platform = "board";
  times.platform_values = R"({"clock_hz":1e8})";
  times.bits = 2;
  times.clock_hz = 1e8;
  times.features = 101;
  times.rows = 1000;
  times.batch = 16;
  times.cycles_total = 300;
  times.cycles_from_first_request = 310;
  times.cycles_busy = 200;
  times.bytes_read = 12800;
  times.bytes_written = 64;
  times.binds = "memory_bandwidth";
  times.cycles_per_epoch = {100, 200};
  times.unconfirmed = {"clock_hz"};
  times.differences = {"one", "two"};
  times.stalls = {{"memory_bandwidth", 60}, {"memory_latency", 40}};
  times.pipeline = {{"line register", 1, 512}, {"adder tree", 5, 512}};
  times.stages = {{"adder tree", 5, 512}};
  times.utilisation = {0.5};
  return times;
}

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
    row.share_outside = 0.125;
    row.share_flipped = 0.0625;
    result.trace.push_back(row);
  }
  result.exact_minimum = 0.125;
  result.x = {1.5f, -2.25f, 0.1f};
  result.weights_original = {3.0, 0.1, -7.0};
  result.levels = StoredLevels{.strategy = "optimal",
                               .scaled_by_rows = false,
                               .count = 2,
                               .low = {},
                               .step = {},
                               .values = {-1, 0.1f, 2, 2}};
  result.preprocess = {{1.0, 2.0}, {3.0, 4.0}, 5.0, 6.0, 36.0, true};
  result.tuning = Tuning{{0.01, 0.1, 1.0}, {2.0, 1.0, std::numeric_limits<double>::quiet_NaN()}, 0.1};
  result.gradients = MeasuredGradients{{"zero", "optimum"}, {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}}};
  result.levels_of_column = MeasuredLevels{3, {{0.0, 0.5, 1.0}, {4, 5}, {0.0f, 1.0f}, 0.125}};
  result.fpga = example_times();
  result.provenance = {"abc",  "g++ 12",        "-O3",           "a CPU", "AVX2", "hdf5 1.10",
                       "ffff", {"cadata 00ff"}, "--scale quick", 7,       8};
  result.epoch_seconds = {0.5, 0.25};
  result.total_seconds = 0.75;
  result.store_seconds = 0.125;
  return result;
}

}  // namespace zipml::testing
