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

/// How a reconstruction ended.
struct FinalImage {
  double psnr = 0.0, ssim = 0.0;  ///< of the whole volume; see ImageQuality
  std::uint64_t label_bytes = 0;  ///< sinogram bytes of the whole run
};

/// How long a run really took, and where: not reproducible.
struct WallTimes {
  std::vector<double> epoch_seconds;  ///< objective excluded
  double store_seconds = 0.0;         ///< before the first epoch: levels, draws made once, packing
  std::string cpu;
  std::int64_t threads = 1;  ///< that the run was granted
};

/// What claims need of one result.
struct Run {
  std::string id, config_name, panel, series;
  std::string zipml_version;
  Provenance provenance;
  std::uint64_t seed = 0;
  bool diverged = false;
  std::string dataset_title, dataset_stand_in_for;  ///< the latter is empty for a real or generated set
  std::uint64_t train_rows = 0, test_rows = 0, features = 0;
  Json config;  ///< resolved
  double alpha = 0.0;
  std::vector<double> train_loss;    ///< one entry an epoch, epoch 0 included; empty only without training
  std::uint64_t bytes_read = 0;      ///< sample bytes of the whole run
  std::uint64_t values_read = 0;     ///< sample values of the whole run
  std::uint64_t model_bytes = 0;     ///< model channel of the whole run
  std::uint64_t gradient_bytes = 0;  ///< gradient channel of the whole run
  double test_accuracy = 0.0;        ///< after the last epoch; NaN for regression, or without a test
  double share_refetched = 0.0;      ///< of all rows of all epochs
  double share_flipped = 0.0;        ///< likewise
  std::optional<BiasAndNoise> bias_and_noise;  ///< the last one measured
  std::optional<double> exact_minimum;
  std::optional<MeasuredGradients> gradients;      ///< of a run that measured them
  std::optional<MeasuredLevels> levels_of_column;  ///< likewise
  std::optional<FinalImage> image;                 ///< of a reconstruction
  std::optional<FpgaTimes> fpga;                   ///< of a run that was timed on an engine
  WallTimes wall;

  std::uint64_t channel_bytes() const { return model_bytes + gradient_bytes; }
  /// Last train loss; infinity for a diverged run, NaN for one that did not train.
  double final_loss() const;
  /// Test accuracy after the last epoch, NaN where it was not measured; 0 for a diverged run.
  double final_accuracy() const;
  /// Passes over the training rows that the run was meant to make; 1 for one that did not train.
  double passes() const;
  /// Mean train loss over the epochs 1 .. last, the area under the curve; infinity for a diverged run.
  double mean_loss() const;
  std::string text(const char* pointer) const;      ///< member of the config, "" where there is no such text
  std::int64_t integer(const char* pointer) const;  ///< the same for an integer; -1 where there is none
};

/// Throws InputError where a result of training has no epoch or the config is not JSON; `source` names it.
Run make_run(const ResultFile& result, const std::string& source);

struct RunSet {
  std::vector<Run> runs;              ///< sorted by id within the order of find_results
  std::vector<std::string> problems;  ///< what could not be used, see problem_lines()
};

/// Reads every result below the folders, one after the other; of a run that several of them hold, the first.
/// InputError if one does not exist.
RunSet load_runs(const std::vector<std::filesystem::path>& folders);

using RunFilter = std::function<bool(const Run&)>;

/// What a claim compares: runs of one figure on one data set, that measured the same kind of thing, in
/// several roles (such as tested and reference).
struct Query {
  std::string figure;  ///< config name
  RunFilter dataset;
  std::vector<RunFilter> roles;
  bool batch_varies = false;   ///< the roles differ in their mini-batch too
  bool engine_varies = false;  ///< the roles differ in what carries the updates out
};

/// The runs that a query finds. Runs are comparable only within one setting: equal in everything but
/// precision, FPGA engine and seed (and batch, where that varies).
struct Selection {
  std::vector<std::map<std::uint64_t, const Run*>> roles;  ///< of each role, by seed; one run a seed
  std::size_t other_settings = 0;  ///< further settings that the query found and that were left aside

  /// Any run of it; nullptr if nothing was found.
  const Run* any() const;
  /// Seeds for which all the given roles have a run, ascending.
  std::vector<std::uint64_t> common_seeds(const std::vector<std::size_t>& which) const;
};

/// Settings in which every role has a run come first, then real and generated sets before stand-ins, then
/// those whose roles all have kLeastSeeds seeds, then more epochs x rows, then the greater number of runs.
Selection select_runs(const RunSet& set, const Query& query);

/// dataset.kind is `kind` or the stand-in `stand_in`.
RunFilter dataset_kind(std::string kind, std::string stand_in);
RunFilter synthetic(std::int64_t features);

/// Samples, model, gradient and labels in float32.
RunFilter full_precision();
/// Only the samples are quantized, by this estimator with uniform levels; `sampling` "" stands for any.
RunFilter quantized_samples(std::string kind, std::int64_t bits, std::string sampling);
/// Only the samples are quantized, by this estimator with fresh draws (where it draws) and levels of this
/// kind, uniform ones with column scaling.
RunFilter quantized_levels(std::string kind, std::int64_t bits, std::string levels);
/// Only the samples are quantized, and their description in the config has all of the given members.
RunFilter samples_with(Json members);
/// The run follows full precision and measures an estimator with the given members.
RunFilter probes_with(Json members);
/// Runs of this loss that pass the filter as well.
RunFilter with_model(RunFilter filter, std::string kind);
/// Double sampling of the samples at these bits, model and gradient quantized as well.
RunFilter end_to_end(std::int64_t bits);
RunFilter with_batch(RunFilter filter, std::int64_t batch);
/// Timed on this engine and on a board of this name.
RunFilter on_engine(RunFilter filter, std::string design, std::string platform);
/// The same; its samples need not be looked at.
RunFilter on_engine(std::string design, std::string platform);

}  // namespace zipml
