#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "experiments/config/config.h"
#include "experiments/report/claims.h"
#include "experiments/results/result_file.h"

namespace zipml::testing {

/// A result of a figure, as a run would have written it. Members may be changed before finish().
struct ExampleRun {
  std::string figure = "bias";
  nlohmann::json dataset = {{"kind", "synthetic"}, {"features", 100}};
  std::string title = "Synthetic 100", stand_in_for;
  nlohmann::json samples = {{"kind", "full"}}, model = {{"kind", "full"}}, gradient = {{"kind", "full"}};
  int epochs = 20, batch = 16;
  std::uint64_t seed = 1;
  std::vector<double> losses = {10.0, 2.0, 1.0};  ///< epoch 0 and the rest
  bool diverged = false;
  std::uint64_t bytes_an_epoch = 4000, values_an_epoch = 1000;
  std::uint64_t model_bytes_an_epoch = 0, gradient_bytes_an_epoch = 0;
  std::uint64_t train_rows = 10000, test_rows = 10000, features = 100;
  double minimum = std::numeric_limits<double>::quiet_NaN();
  /// Of a run that does not train; it then has no losses and no solver.
  nlohmann::json measure = {{"kind", "training"}};
  std::optional<MeasuredGradients> gradients = {};
  std::optional<MeasuredLevels> levels_of_column = {};
  std::string loss = "least_squares";
  double accuracy = 0.9, share_refetched = 0.0, share_flipped = 0.0;  ///< of every epoch
  nlohmann::json measured;      ///< estimator that the run measures; null: none
  BiasAndNoise bias_and_noise;  ///< of it
  /// Of a run that was timed on an engine; with measure fpga_cycles it has no losses.
  std::optional<FpgaTimes> fpga = {};
  nlohmann::json platform = {{"clock_hz", 200e6}, {"memory", {{"rate", {65, 128}}}}};
  nlohmann::json weights;  ///< of a network; null for a linear model

  ResultFile result() const {
    ResultFile file;
    file.config_name = figure;
    file.seed = seed;
    file.status = diverged ? RunStatus::diverged : RunStatus::finished;
    file.dataset_name = dataset["kind"];
    file.dataset_title = title;
    file.dataset_stand_in_for = stand_in_for;
    file.train_rows = train_rows;
    file.test_rows = test_rows;
    file.features = features;
    nlohmann::json config = {{"config", figure},
                             {"seed", seed},
                             {"dataset", dataset},
                             {"precision", {{"samples", samples}, {"model", model}, {"gradient", gradient}}},
                             {"measure", measure},
                             {"solver", {{"kind", "sgd"}, {"epochs", epochs}, {"batch", batch}}},
                             {"model", {{"kind", loss}}}};
    if (!weights.is_null()) {
      config["precision"] = {{"weights", weights}};
      config["solver"] = {{"kind", "momentum_sgd"}, {"iterations", 200}, {"batch", 50}};
    }
    file.gradients = gradients;
    file.levels_of_column = levels_of_column;
    file.fpga = fpga;
    if (fpga) config["fpga"] = {{"design", {{"kind", fpga->design}}}, {"platform", platform}};
    const bool trained = measure["kind"] == "training";
    if (!trained) config.erase("solver");
    if (!measured.is_null()) {
      config["solver"]["probe"] = {{"kind", "bias_and_noise"}, {"estimator", measured}};
      file.bias_and_noise = {bias_and_noise};
    }
    file.resolved_json = config.dump();
    file.run_id = sha256_hex(file.resolved_json).substr(0, 16);
    for (std::size_t e = 0; trained && e < losses.size(); ++e) {
      TraceRow row;
      row.epoch = static_cast<std::uint32_t>(e);
      row.train_loss = losses[e];
      row.bytes_read = bytes_an_epoch * e;
      row.values_read = values_an_epoch * e;
      row.model_bytes = model_bytes_an_epoch * e;
      row.gradient_bytes = gradient_bytes_an_epoch * e;
      row.test_accuracy = accuracy;
      row.share_refetched = e == 0 ? 0.0 : share_refetched;
      row.share_flipped = e == 0 ? 0.0 : share_flipped;
      file.trace.push_back(row);
    }
    if (!std::isnan(minimum)) file.exact_minimum = minimum;
    return file;
  }

  Run run() const { return make_run(result(), "example"); }
};

inline nlohmann::json quantized(const std::string& kind, int bits, const std::string& sampling = "fresh",
                                const std::string& levels = "uniform") {
  nlohmann::json samples = {{"kind", kind}, {"bits", bits}, {"levels", {{"kind", levels}}}};
  if (kind != "deterministic") samples["sampling"] = sampling;
  return samples;
}

/// Adds one run a loss, seeds 1, 2, ...; an infinite loss is a diverged run.
inline void add_series(RunSet& set, ExampleRun run, const std::vector<double>& final_losses) {
  for (std::size_t i = 0; i < final_losses.size(); ++i) {
    run.seed = i + 1;
    run.losses = {10.0, 2.0, final_losses[i]};
    run.diverged = std::isinf(final_losses[i]);
    set.runs.push_back(run.run());
  }
}

/// The finding of the one claim of the figure whose text contains `part`.
inline ClaimResult evaluate(const RunSet& set, const std::string& figure, const std::string& part) {
  std::vector<ClaimResult> found;
  for (ClaimResult& result : evaluate_claims(set)) {
    const bool named = result.claim.claim.find(part) != std::string::npos || result.claim.dataset == part;
    if (result.claim.figure == figure && named) found.push_back(result);
  }
  if (found.size() != 1)
    throw std::logic_error(figure + ": " + part + " names " + std::to_string(found.size()) + " claims");
  return found.front();
}

}  // namespace zipml::testing
