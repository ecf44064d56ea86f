#include "experiments/run/executor.h"

#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "engine/deep/network_training.h"
#include "engine/gradient/estimator.h"
#include "engine/model/loss.h"
#include "engine/model/regularizer.h"
#include "experiments/run/provenance.h"

namespace zipml {
namespace {

/// A tuning is shared by runs of all seeds, so it must not depend on which of them comes first.
constexpr std::uint64_t kTuningSeed = 1;

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
  // LibTorch promises no equal bits between its versions and instruction sets.
  result.reproducible = !spec.network && is_reproducible(spec.training);
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

void describe_training(TrainingResult trained, ResultFile& result) {
  result.status = trained.trace.status;
  result.trace = std::move(trained.trace.rows);
  result.epoch_seconds = std::move(trained.trace.epoch_seconds);
  result.total_seconds = std::accumulate(result.epoch_seconds.begin(), result.epoch_seconds.end(), 0.0);
  result.x = std::move(trained.x);
}

}  // namespace

EngineExecutor::EngineExecutor(Options options) : options_(std::move(options)), cache_(options_.data) {}

void EngineExecutor::expect(const RunSpec& spec) { cache_.expect(spec); }

void EngineExecutor::release(const RunSpec& spec) { cache_.release(spec); }

std::optional<Tuning> EngineExecutor::known_tuning(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = tunings_.find(key);
  if (found == tunings_.end()) return std::nullopt;
  return found->second;
}

bool EngineExecutor::tune(const RunSpec& spec, int threads, const StopCheck& stop) {
  if (known_tuning(spec.tuning_key)) return true;
  const std::filesystem::path file = tuning_path(options_.out, spec.tuning_key);
  std::optional<Tuning> tuning;
  if (!options_.force) tuning = read_tuning(file, spec.tuning_key).value;
  if (!tuning) {
    const std::shared_ptr<const CachedData> data = cache_.get(spec);
    const Objective objective(spec);
    TrainingSpec training = spec.training;
    training.seed = kTuningSeed;
    tuning = tune_alpha({data->prepared(), *objective.loss, *objective.regularizer}, training, threads, stop);
    if (!tuning) return false;
    write_tuning(file, spec.tuning_key, *tuning);
  }
  const std::lock_guard lock(mutex_);
  tunings_.insert_or_assign(spec.tuning_key, *std::move(tuning));
  return true;
}

std::optional<ResultFile> EngineExecutor::execute(const RunSpec& spec, int threads, const StopCheck& stop) {
  if (spec.network) return execute_network(spec, stop);
  const std::shared_ptr<const CachedData> data = cache_.get(spec);
  const Objective objective(spec);
  ResultFile result;
  TrainingSpec training = spec.training;
  if (spec.tune) {
    result.tuning = known_tuning(spec.tuning_key);
    if (!result.tuning) throw std::logic_error("run " + spec.id + " was not tuned");
    training.alpha = result.tuning->best;
  }
  bool stopped = false;
  TrainingResult trained = train({data->prepared(), *objective.loss, *objective.regularizer}, training,
                                 threads, [&](const TraceRow&) { return !(stopped = stop()); });
  if (stopped) return std::nullopt;
  describe_run(spec, result);
  result.alpha = training.alpha;
  result.provenance = build_provenance(threads);
  describe_data(*data, result);
  if (objective.loss->derivative_is_affine() && spec.regularizer.kind == "none") {
    result.exact_minimum = data->exact_minimum(threads);
  }
  describe_training(std::move(trained), result);
  result.weights_original = model_in_original_units(data->prepared(), result.x);
  return result;
}

std::optional<ResultFile> EngineExecutor::execute_network(const RunSpec& spec, const StopCheck& stop) {
  const NetworkBackend* backend = network_backend();
  if (backend == nullptr) throw std::runtime_error(network_backend_problem());
  const std::shared_ptr<const CachedData> data = cache_.get(spec);
  const ImageShape& image = data->prepared().data.image;
  const Network network = networks()[spec.model.kind](spec.model.parameters);
  const auto gradient = backend->make(network, image, parameter_layout(network, image));
  bool stopped = false;
  TrainingResult trained = train_network(data->prepared(), *spec.network, *gradient,
                                         [&](const TraceRow&) { return !(stopped = stop()); });
  if (stopped) return std::nullopt;
  ResultFile result;
  describe_run(spec, result);
  result.alpha = spec.training.alpha;
  result.provenance = build_provenance(1);
  result.provenance.libraries += ", " + backend->version();
  describe_data(*data, result);
  describe_training(std::move(trained), result);
  return result;
}

std::optional<double> EngineExecutor::data_size(const RunSpec& spec) const { return cache_.size(spec); }

}  // namespace zipml
