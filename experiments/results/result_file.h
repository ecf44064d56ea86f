#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/level_file.h"
#include "engine/solve/trace.h"
#include "engine/solve/training.h"
#include "experiments/results/fpga_group.h"
#include "experiments/results/measured_groups.h"
#include "experiments/results/reconstructed_image.h"

namespace zipml {

/// Version of the layout below. A reader refuses other versions.
inline constexpr int kResultSchemaVersion = 2;

/// What preprocessing did: raw v became (v - offset) / scale.
struct AppliedPreprocess {
  std::vector<double> feature_offset, feature_scale;  ///< one entry a raw feature
  double label_offset = 0.0, label_scale = 1.0;
  double loss_unit = 1.0;  ///< what losses were multiplied by for reporting
  bool intercept = false;  ///< the last entry of the model is the intercept
};

/// Where and with what a run was computed. Never compared for reproducibility; names no folder and no host.
struct Provenance {
  std::string git_commit;       ///< "unknown" where the program was not built from a repository
  std::string compiler, flags;  ///< of the build
  std::string cpu_model;
  std::string instruction_set;            ///< that the kernels ran on
  std::string libraries;                  ///< "name version", joined by ", "
  std::string data_checksum;              ///< content_checksum() of the data before preprocessing
  std::vector<std::string> source_files;  ///< "name sha256", of the files the data came from
  std::string config_options;  ///< "--scale quick --seeds 3", as typed; empty in results of older versions
  std::int64_t threads = 1;
  std::int64_t cpus = 0;  ///< that the program might run on; 0: not known, in results of older versions
  /// Of the training samples in memory, at float32 and packed; 0: not known, or nothing was trained.
  std::int64_t sample_bytes = 0;
  /// Most memory that the program had in use until the run ended, earlier runs included; 0: not known.
  std::int64_t peak_memory_bytes = 0;
};

/// One run's result, as stored. In the file (HDF5 followed by one line with a checksum, which HDF5 readers
/// skip):
///   /            attributes: schema_version, status (finished | diverged), zipml_version, run_id,
///   config_name,
///                panel, series, seed, reproducible (0 | 1), alpha (the step really used), dataset_name,
///                dataset_title, dataset_stand_in_for, train_rows, test_rows, features (raw columns)
///   /config      text: the resolved config, canonical JSON
///   /trace/*     one array a column of trace_columns(), attributes `unit` and `doc`; attribute exact_minimum
///   of
///                /trace where it is known
///   /bias_and_noise/*  one array a member of BiasAndNoise; only where the solver measures it
///   /model       x (float32, prepared units, one entry a prepared column; of a network: its parameters,
///   layer by
///                layer, weights then biases), weights_original (float64, raw features and then the
///                intercept; empty for a network)
///   /levels      of quantized samples, see write_levels(); only where there are some
///   /preprocess  feature_offset, feature_scale; attributes label_offset, label_scale, loss_unit, intercept
///   /tuning      alphas, final_losses; attribute best; only where the step was tuned
///   /gradient_error, /histogram  what a run measured that did not train (see measured_groups.h); such a run
///   has
///                no epoch in /trace, an empty /model and alpha 0
///   /tomography/*  members of ReconstructedImage; only of a reconstruction, whose /model/x is the shown
///   slice
///                (size x size pixels, row-major) and whose weights_original is empty
///   /fpga        the second time axis of a run whose config has `fpga` (see fpga_group.h)
///   /provenance  source_files (text); attributes: the other members of Provenance
///   /timing      epoch_seconds (objective excluded); attributes total_seconds, their sum, and store_seconds,
///   of
///                what came before them: levels, draws made once, packing
/// Everything outside /provenance and /timing is a function of the config and the data alone.
struct ResultFile {
  RunStatus status = RunStatus::finished;
  std::string zipml_version;
  std::string run_id;
  std::string config_name, panel, series;
  std::uint64_t seed = 1;
  bool reproducible =
      true;  ///< false for the lock-free engine, whose results depend on timing, and for networks
  double alpha = 0.0;
  std::string dataset_name, dataset_title, dataset_stand_in_for;
  std::uint64_t train_rows = 0, test_rows = 0;  ///< as loaded
  std::uint64_t features = 0;                   ///< as loaded: no intercept

  std::string resolved_json;
  std::vector<TraceRow> trace;
  std::vector<BiasAndNoise> bias_and_noise;
  std::optional<double> exact_minimum;  ///< least train loss of any model, reporting units
  std::vector<float> x;
  std::vector<double> weights_original;
  std::optional<StoredLevels> levels;  ///< of quantized samples
  AppliedPreprocess preprocess;
  std::optional<Tuning> tuning;
  std::optional<MeasuredGradients> gradients;
  std::optional<MeasuredLevels> levels_of_column;
  std::optional<ReconstructedImage> image;
  std::optional<FpgaTimes> fpga;

  Provenance provenance;
  std::vector<double> epoch_seconds;
  double total_seconds = 0.0, store_seconds = 0.0;
};

/// The bytes of the file: equal results give equal bytes.
std::vector<std::byte> encode_result(const ResultFile& result);

/// Writes atomically (see write_file_atomically); IoError on failure.
void write_result(const std::filesystem::path& file, const ResultFile& result);

/// Either a value or why there is none.
template <class T>
struct ReadOutcome {
  std::optional<T> value;
  std::string problem;  ///< names the file; empty where there is a value
};

/// What is read of a result.
enum class ResultParts {
  all,
  for_reports  ///< all but /model, /levels, /preprocess and /tuning, whose members are then empty
};

/// Reads a result. Missing, truncated, damaged, foreign and other-version files give a problem, never an
/// exception: the checksum is verified before libhdf5 sees the bytes.
ReadOutcome<ResultFile> read_result(const std::filesystem::path& file, ResultParts parts = ResultParts::all);

/// Why the file is not the intact result of this run; empty if it is. Cheaper than read_result(), though the
/// checksum is verified all the same.
std::string result_problem(const std::filesystem::path& file, const std::string& run_id);

/// OUT/<config name>/<run id>.h5
std::filesystem::path result_path(const std::filesystem::path& out, const std::string& config_name,
                                  const std::string& run_id);

/// OUT/_tuning/<tuning key>.h5: shared by all configs; the underscore keeps it apart from their folders,
/// whose names begin with a letter or digit.
std::filesystem::path tuning_path(const std::filesystem::path& out, const std::string& tuning_key);

/// Result files of a file or folder, sorted by path, each once: a file is itself; a folder gives its *.h5 and
/// those of its folders at any depth, without folders whose name begins with an underscore or a dot. Others
/// may write there meanwhile: what is there from beginning to end is found. Throws InputError if the path
/// does not exist, IoError where a folder cannot be read.
std::vector<std::filesystem::path> find_results(const std::filesystem::path& path);

/// What is said of a file that holds a run which another file, read before it, holds as well: a copy would
/// count twice.
std::string copy_problem(const std::filesystem::path& copy, const std::string& run_id,
                         const std::filesystem::path& first);

/// A stored tuning: root attributes schema_version, tuning_key; /tuning as in results. Written atomically.
void write_tuning(const std::filesystem::path& file, const std::string& tuning_key, const Tuning& tuning);

/// Reads a tuning; anything but an undamaged one with this key gives a problem.
ReadOutcome<Tuning> read_tuning(const std::filesystem::path& file, const std::string& tuning_key);

}  // namespace zipml
