#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/config/json_reader.h"
#include "experiments/results/result_file.h"

namespace zipml {

/// What claims need of one result.
struct Run {
  std::string id, config_name;
  std::uint64_t seed = 0;
  bool diverged = false;
  std::string dataset_title, dataset_stand_in_for;  ///< the latter is empty for a real or generated set
  std::uint64_t train_rows = 0, test_rows = 0, features = 0;
  Json config;  ///< resolved
  double alpha = 0.0;
  std::vector<double> train_loss;   ///< one entry an epoch, epoch 0 included; never empty
  double test_accuracy = 0.0;       ///< after the last epoch
  std::uint64_t bytes_read = 0;     ///< sample bytes of the whole run
  std::uint64_t values_read = 0;    ///< sample values of the whole run
  std::uint64_t channel_bytes = 0;  ///< model and gradient channel of the whole run
  std::optional<double> exact_minimum;

  /// Last train loss; infinity for a diverged run.
  double final_loss() const;
  /// Test accuracy after the last epoch, NaN where it was not measured; 0 for a diverged run.
  double final_accuracy() const;
  /// Passes over the training rows that the run was meant to make.
  double passes() const;
  /// Mean train loss over the epochs 1 .. last, the area under the curve; infinity for a diverged run.
  double mean_loss() const;
  std::string text(const char* pointer) const;      ///< member of the config, "" where there is no such text
  std::int64_t integer(const char* pointer) const;  ///< the same for an integer; -1 where there is none
};

/// Throws InputError where the result has no epoch or its config is not JSON; `source` names it.
Run make_run(const ResultFile& result, const std::string& source);

struct RunSet {
  std::vector<Run> runs;              ///< sorted by id within the order of find_results
  std::vector<std::string> problems;  ///< one line a file that could not be used
};

/// Reads every result below a folder. InputError if the folder does not exist.
RunSet load_runs(const std::filesystem::path& folder);

using RunFilter = std::function<bool(const Run&)>;

/// What a claim compares: runs of one figure on one data set, in several roles (such as tested and
/// reference).
struct Query {
  std::string figure;  ///< config name
  RunFilter dataset;
  std::vector<RunFilter> roles;
  bool batch_varies = false;  ///< the roles differ in their mini-batch too
};

/// The runs that a query finds. Runs are comparable only within one setting: equal in everything but
/// precision and seed (and batch, where that varies).
struct Selection {
  std::vector<std::map<std::uint64_t, const Run*>> roles;  ///< of each role, by seed; one run a seed
  std::size_t other_settings = 0;  ///< further settings that the query found and that were left aside

  /// Any run of it; nullptr if nothing was found.
  const Run* any() const;
  /// Seeds for which all the given roles have a run, ascending.
  std::vector<std::uint64_t> common_seeds(const std::vector<std::size_t>& which) const;
};

/// Settings in which every role has a run come first, then real and generated sets before stand-ins, then
/// more epochs x rows, then the greater number of runs.
Selection select_runs(const RunSet& set, const Query& query);

/// dataset.kind is `kind` or the stand-in `stand_in`.
RunFilter dataset_kind(std::string kind, std::string stand_in);
RunFilter synthetic(std::int64_t features);

/// Samples, model and gradient in float32.
RunFilter full_precision();
/// Only the samples are quantized, by this estimator with uniform levels; `sampling` "" stands for any.
RunFilter quantized_samples(std::string kind, std::int64_t bits, std::string sampling);
/// Double sampling of the samples at these bits, model and gradient quantized as well.
RunFilter end_to_end(std::int64_t bits);
RunFilter with_batch(RunFilter filter, std::int64_t batch);

}  // namespace zipml
