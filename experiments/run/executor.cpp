#include "experiments/run/executor.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "engine/deep/network_training.h"
#include "engine/gradient/estimator.h"
#include "engine/model/loss.h"
#include "engine/model/regularizer.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/measurements.h"
#include "experiments/run/fpga_times.h"
#include "experiments/run/measure_run.h"
#include "experiments/run/provenance.h"
#include "experiments/run/reconstruct_run.h"

namespace zipml {
namespace {

/// A tuning is shared by runs of all seeds, so it must not depend on which of them comes first.
constexpr std::uint64_t kTuningSeed = 1;

constexpr std::string_view kLoading = "loading data";

struct Objective {
  std::unique_ptr<Loss> loss;
  std::unique_ptr<Regularizer> regularizer;

  explicit Objective(const RunSpec& spec)
      : loss(losses()[spec.model.kind](spec.model.parameters)),
        regularizer(regularizers()[spec.regularizer.kind](spec.regularizer.parameters)) {}
};

void describe_run(const RunSpec& spec, ResultFile& result) {
  result.run_id = spec.id;
  result.config_name = spec.config_name;
  result.panel = spec.panel;
  result.series = spec.series;
  result.seed = spec.seed;
  result.resolved_json = spec.resolved_json;
  result.reproducible = is_reproducible(spec);
  result.zipml_version = program_version();
}

void describe_data(const CachedData& cached, ResultFile& result) {
  const PreparedData& prepared = cached.prepared();
  result.dataset_name = prepared.data.name;
  result.dataset_title = prepared.data.title;
  result.dataset_stand_in_for = prepared.data.stand_in_for;
  result.train_rows = prepared.data.train.labels.size();
  result.test_rows = prepared.data.test.labels.size();
  result.features = prepared.features.offset.size();
  result.preprocess = {prepared.features.offset, prepared.features.scale, prepared.label_offset,
                       prepared.label_scale,     prepared.loss_unit,      prepared.intercept};
  result.provenance.data_checksum = cached.checksum();
  for (const SourceFile& source : prepared.data.sources) {
    result.provenance.source_files.push_back(source.path.filename().string() + " " + source.sha256);
  }
}

/// Levels as stored: columns that share one set have it once.
StoredLevels describe_levels(const ColumnLevels& levels, const ComponentChoice& samples) {
  const ComponentChoice& choice = samples.parameters.component("levels");
  StoredLevels stored;
  stored.strategy = choice.kind;
  stored.scaled_by_rows = level_strategies()[choice.kind](choice.parameters)->scales_rows();
  stored.count = static_cast<std::size_t>(levels.count());
  bool uniform = true, shared = true;
  for (std::size_t c = 0; c < levels.cols(); ++c) {
    const LevelSet &set = levels.column(c), &first = levels.column(0);
    uniform = uniform && set.is_uniform();
    shared = shared && std::equal(set.values().begin(), set.values().end(), first.values().begin());
  }
  for (std::size_t c = 0; c < (shared ? 1 : levels.cols()); ++c) {
    const LevelSet& set = levels.column(c);
    if (uniform) {
      stored.low.push_back(set.low());
      stored.step.push_back(set.step());
    } else {
      stored.values.insert(stored.values.end(), set.values().begin(), set.values().end());
    }
  }
  return stored;
}

void describe_training(TrainingResult trained, ResultFile& result) {
  result.status = trained.trace.status;
  result.trace = std::move(trained.trace.rows);
  result.bias_and_noise = std::move(trained.bias_and_noise);
  result.epoch_seconds = std::move(trained.trace.epoch_seconds);
  result.total_seconds = std::accumulate(result.epoch_seconds.begin(), result.epoch_seconds.end(), 0.0);
  result.store_seconds = trained.trace.store_seconds;
  result.provenance.sample_bytes = static_cast<std::int64_t>(trained.sample_bytes);
  result.x = std::move(trained.x);
}

}  // namespace

bool is_reproducible(const RunSpec& spec) {
  return spec.measurement.kind != kTraining || (!spec.network && is_reproducible(spec.training));
}

EngineExecutor::EngineExecutor(Options options) : options_(std::move(options)), cache_(options_.data) {}

void EngineExecutor::expect(const RunSpec& spec) { cache_.expect(spec); }

void EngineExecutor::release(const RunSpec& spec) { cache_.release(spec); }

std::optional<Tuning> EngineExecutor::known_tuning(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = tunings_.find(key);
  if (found == tunings_.end()) return std::nullopt;
  return found->second;
}

bool EngineExecutor::tune(const RunSpec& spec, int threads, const StopCheck& stop,
                          const StageReport& report) {
  if (known_tuning(spec.tuning_key)) return true;
  const std::filesystem::path file = tuning_path(options_.out, spec.tuning_key);
  std::optional<Tuning> tuning;
  if (!options_.force) tuning = read_tuning(file, spec.tuning_key).value;
  if (!tuning) {
    report({kLoading});
    const std::shared_ptr<const CachedData> data = cache_.get(spec);
    if (stop()) return false;
    const Parameters& solver = spec.training.solver.parameters;
    RunStage stage{"tuning", "epoch", 0,
                   static_cast<std::uint64_t>(solver.integer("epochs")) * solver.numbers("tune_grid").size()};
    report(stage);
    const auto after_epoch = [&] {
      ++stage.done;
      report(stage);
      return stop();
    };
    const Objective objective(spec);
    TrainingSpec training = spec.training;
    training.seed = kTuningSeed;
    tuning = data->scan()
                 ? tune_reconstruction(*data->scan(), *objective.regularizer, training, threads, after_epoch)
                 : tune_alpha({data->prepared(), *objective.loss, *objective.regularizer}, training, threads,
                              after_epoch);
    if (!tuning) return false;
    write_tuning(file, spec.tuning_key, *tuning);
  }
  const std::lock_guard lock(mutex_);
  tunings_.insert_or_assign(spec.tuning_key, *std::move(tuning));
  return true;
}

std::optional<ResultFile> EngineExecutor::execute(const RunSpec& spec, int threads, const StopCheck& stop,
                                                  const StageReport& report) {
  ResultFile result;
  describe_run(spec, result);
  result.provenance = build_provenance(spec.network ? 1 : threads);
  result.provenance.config_options = options_.config_options;
  if (spec.measurement.kind == kFpgaCycles) {
    report({"simulating"});
    time_shape(spec, result);
    return result;
  }
  report({kLoading});
  const std::shared_ptr<const CachedData> data = cache_.get(spec);
  if (stop()) return std::nullopt;
  describe_data(*data, result);
  // Before the training: a shape that the engine refuses is not worth one.
  if (spec.fpga) result.fpga = time_training(spec, data->prepared().data.train);
  bool done = false;
  if (spec.network) {
    done = train_network_run(spec, *data, stop, report, result);
  } else if (spec.measurement.kind == kTraining) {
    done = train_run(spec, *data, threads, stop, report, result);
  } else {
    report({"measuring"});
    done = measure_run(spec, data->prepared(), threads, stop, result);
  }
  if (!done) return std::nullopt;
  result.provenance.peak_memory_bytes = peak_memory_bytes();
  return result;
}

bool EngineExecutor::train_run(const RunSpec& spec, const CachedData& data, int threads,
                               const StopCheck& stop, const StageReport& report, ResultFile& result) const {
  const Objective objective(spec);
  TrainingSpec training = spec.training;
  if (spec.tune) {
    result.tuning = known_tuning(spec.tuning_key);
    if (!result.tuning) throw std::logic_error("run " + spec.id + " was not tuned");
    training.alpha = result.tuning->best;
  }
  result.alpha = training.alpha;
  bool stopped = false;
  RunStage stage{"training", "epoch", 0,
                 static_cast<std::uint64_t>(training.solver.parameters.integer("epochs"))};
  report(stage);
  const auto on_epoch = [&](const TraceRow& row) {
    stage.done = row.epoch;
    report(stage);
    return !(stopped = stop());
  };
  if (data.scan()) {
    reconstruct_run(*data.scan(), *objective.regularizer, training, threads, on_epoch, result);
    return !stopped;
  }
  TrainingResult trained =
      train({data.prepared(), *objective.loss, *objective.regularizer}, training, threads, on_epoch);
  if (stopped) return false;
  if (objective.loss->derivative_is_affine() && spec.regularizer.kind == "none") {
    result.exact_minimum = data.exact_minimum(threads);
  }
  if (trained.levels) result.levels = describe_levels(*trained.levels, training.samples);
  describe_training(std::move(trained), result);
  result.weights_original = model_in_original_units(data.prepared(), result.x);
  return true;
}

bool EngineExecutor::train_network_run(const RunSpec& spec, const CachedData& data, const StopCheck& stop,
                                       const StageReport& report, ResultFile& result) const {
  const NetworkBackend* backend = network_backend();
  if (backend == nullptr) throw std::runtime_error(network_backend_problem());
  const ImageShape& image = data.prepared().data.image;
  const Network network = networks()[spec.model.kind](spec.model.parameters);
  const auto gradient = backend->make(network, image, parameter_layout(network, image));
  bool stopped = false;
  RunStage stage{"training", "iteration", 0,
                 static_cast<std::uint64_t>(spec.network->solver.parameters.integer("iterations"))};
  report(stage);
  const auto on_row = [&](const TraceRow& row) {
    stage.done = row.iteration;
    report(stage);
    return !(stopped = stop());
  };
  TrainingResult trained = train_network(data.prepared(), *spec.network, *gradient, on_row);
  if (stopped) return false;
  result.alpha = spec.training.alpha;
  result.provenance.libraries += ", " + backend->version();
  describe_training(std::move(trained), result);
  return true;
}

std::optional<double> EngineExecutor::data_size(const RunSpec& spec) const { return cache_.size(spec); }

}  // namespace zipml
