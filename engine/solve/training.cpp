#include "engine/solve/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/solve/engine.h"
#include "engine/solve/epoch_plan.h"
#include "engine/solve/hogwild.h"
#include "engine/solve/local_sgd.h"
#include "engine/solve/objective.h"

namespace zipml {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TraceRow evaluate_row(const Problem& problem, std::span<const float> x, int threads) {
  const std::vector<double> weights(x.begin(), x.end());
  const Evaluation train = evaluate(problem.data.data.train, problem.loss, weights, threads);
  const Evaluation test = evaluate(problem.data.data.test, problem.loss, weights, threads);
  TraceRow row;
  row.train_loss = (train.loss + problem.regularizer.value(x)) * problem.data.loss_unit;
  row.test_loss = test.loss * problem.data.loss_unit;
  row.test_accuracy =
      problem.loss.task() == Task::classification ? test.accuracy : std::numeric_limits<double>::quiet_NaN();
  if (!std::isfinite(row.train_loss)) {
    // Which kind of not finite, and the sign of a NaN, may differ between machines.
    row.train_loss = std::numeric_limits<double>::infinity();
    if (!problem.data.data.test.labels.empty()) row.test_loss = row.train_loss;
    if (problem.loss.task() == Task::classification) row.test_accuracy = 0.0;
  }
  return row;
}

// The measurements that the solver's parameter `probe` asks for.
class Measurement {
 public:
  Measurement(const Problem& problem, const TrainingSpec& spec, int threads)
      : train_(problem.data.data.train), threads_(threads) {
    if (!spec.solver.parameters.has("probe")) return;
    const Parameters& parameters = spec.solver.parameters.component("probe").parameters;
    const ComponentChoice& choice = parameters.component("estimator");
    const EstimatorInput input{train_.features, train_.labels, problem.loss, spec.seed, threads};
    full_ = estimators()["full"]({}, input);
    estimator_ = estimators()[choice.kind](choice.parameters, input);
    draws_ = static_cast<int>(parameters.integer("draws"));
    every_ = static_cast<std::uint32_t>(parameters.integer("every"));
  }

  // x: padded.
  void after_epoch(std::uint32_t epoch, bool last, std::span<const float> x,
                   std::vector<BiasAndNoise>& errors) {
    if (!estimator_ || (epoch % every_ != 0 && !last)) return;
    errors.push_back(
        measure_bias_and_noise(*full_, *estimator_, x, train_.features.rows(), draws_, threads_));
    errors.back().epoch = epoch;
  }

 private:
  const Split& train_;
  int threads_, draws_ = 0;
  std::uint32_t every_ = 1;
  std::unique_ptr<GradientEstimator> full_, estimator_;
};

// Everything of one run; epochs are added one by one.
class Run {
 public:
  Run(const Problem& problem, const TrainingSpec& spec, int threads)
      : problem_(problem),
        spec_(spec),
        threads_(threads),
        solver_(spec.solver.parameters),
        train_(problem.data.data.train),
        columns_(train_.features.cols()),
        engine_(engine_registry()[spec.engine.kind](spec.engine.parameters, threads)),
        model_channel_(channels()[spec.model_channel.kind](spec.model_channel.parameters)),
        gradient_channel_(channels()[spec.gradient_channel.kind](spec.gradient_channel.parameters)),
        order_(train_.rows()),
        x_(train_.features.stride(), 0.0f) {
    const std::vector<std::string>& packed = packed_estimators();
    if (train_.source && std::find(packed.begin(), packed.end(), spec.samples.kind) == packed.end())
      throw std::logic_error("samples \"" + spec.samples.kind + "\" need the rows in memory");
    const auto start = std::chrono::steady_clock::now();
    estimator_ = estimators()[spec.samples.kind](
        spec.samples.parameters, {train_.features, train_.labels, problem.loss, spec.seed, threads,
                                  engine_->layout(), train_.source.get()});
    store_seconds_ = seconds_since(start);
  }

  std::uint32_t epochs() const { return static_cast<std::uint32_t>(solver_.integer("epochs")); }
  std::span<const float> x() const { return std::span(x_).first(columns_); }
  const ColumnLevels* sample_levels() const { return estimator_->sample_levels(); }
  std::span<const float> padded_x() const { return x_; }
  double store_seconds() const { return store_seconds_; }

  // Of the training samples in memory.
  std::uint64_t sample_bytes() const {
    const std::uint64_t kept =
        std::uint64_t{train_.features.rows()} * train_.features.stride() * sizeof(float);
    if (spec_.samples.kind == "full") return kept;
    return kept + stored_bytes(train_.rows());
  }

  // One epoch of updates; returns its seconds.
  double run_epoch(std::uint32_t epoch) {
    const auto start = std::chrono::steady_clock::now();
    estimator_->begin_epoch(epoch);
    order_rows(solver_.text("order"), spec_.seed, epoch, order_);
    engine_->run_epoch(
        {*estimator_, problem_.loss, train_.labels, *model_channel_, *gradient_channel_, problem_.regularizer,
         order_, batch(), columns_,
         static_cast<float>(step_size(solver_.text("schedule"), spec_.alpha, epoch)), epoch, spec_.seed},
        x_);
    counts_ = estimator_->counts();
    extra_bytes_ += counts_.extra_bytes;
    return seconds_since(start);
  }

  TraceRow evaluate_epoch(std::uint32_t epoch) const {
    TraceRow row = evaluate_row(problem_, x(), threads_);
    const std::uint64_t rows = std::uint64_t{order_.size()} * epoch;
    const std::uint64_t batches = std::uint64_t{(order_.size() + batch() - 1) / batch()} * epoch;
    row.epoch = epoch;
    row.iteration = batches;
    row.bytes_read = stored_bytes(rows) + extra_bytes_;
    row.values_read = rows * columns_;
    row.model_bytes = batches * engine_->model_bytes(*model_channel_, columns_);
    row.gradient_bytes = batches * gradient_channel_->bytes(columns_);
    const auto share = [&](std::uint64_t count) {
      return static_cast<double>(count) / static_cast<double>(order_.size());
    };
    row.share_refetched = share(counts_.refetched);
    row.share_outside = share(counts_.outside);
    row.share_flipped = share(counts_.flipped);
    return row;
  }

 private:
  std::uint64_t stored_bytes(std::uint64_t rows) const {
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(rows) * estimator_->bytes_per_row()));
  }
  std::size_t batch() const {
    return std::min(static_cast<std::size_t>(solver_.integer("batch")), order_.size());
  }

  const Problem& problem_;
  const TrainingSpec& spec_;
  int threads_;
  const Parameters& solver_;
  const Split& train_;
  std::size_t columns_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<GradientEstimator> estimator_;
  std::unique_ptr<Channel> model_channel_, gradient_channel_;
  std::vector<std::uint32_t> order_;
  AlignedVector<float> x_;
  EpochCounts counts_;
  std::uint64_t extra_bytes_ = 0;
  double store_seconds_ = 0.0;
};

std::vector<double> default_grid() {
  std::vector<double> grid;
  for (const double decade : {1e-4, 1e-3, 1e-2, 1e-1}) {
    for (const double factor : {1.0, 2.0, 5.0}) grid.push_back(decade * factor);
  }
  grid.push_back(1.0);
  return grid;
}

}  // namespace

TrainingResult train(const Problem& problem, const TrainingSpec& spec, int threads,
                     const EpochCallback& on_epoch) {
  Run run(problem, spec, threads);
  Measurement measurement(problem, spec, threads);
  TrainingResult result;
  result.trace.store_seconds = run.store_seconds();
  result.trace.rows.push_back(run.evaluate_epoch(0));
  for (std::uint32_t epoch = 1; epoch <= run.epochs(); ++epoch) {
    result.trace.epoch_seconds.push_back(run.run_epoch(epoch));
    result.trace.rows.push_back(run.evaluate_epoch(epoch));
    if (!std::isfinite(result.trace.rows.back().train_loss)) result.trace.status = RunStatus::diverged;
    if (on_epoch && !on_epoch(result.trace.rows.back())) break;
    if (result.trace.status == RunStatus::diverged) break;
    measurement.after_epoch(epoch, epoch == run.epochs(), run.padded_x(), result.bias_and_noise);
  }
  result.x.assign(run.x().begin(), run.x().end());
  result.sample_bytes = run.sample_bytes();
  if (const ColumnLevels* levels = run.sample_levels()) result.levels = *levels;
  return result;
}

std::optional<Tuning> tune_alpha(const Problem& problem, const TrainingSpec& spec, int threads,
                                 const std::function<bool()>& stop) {
  TrainingSpec full = spec;
  full.samples = choose(estimators().family(), "full");
  full.model_channel = full.gradient_channel = choose(channels().family(), "full");
  full.engine = choose(engines(), "synchronous");
  return tune_over(spec.solver.parameters.numbers("tune_grid"), [&](double alpha) -> std::optional<double> {
    full.alpha = alpha;
    Run run(problem, full, threads);
    for (std::uint32_t epoch = 1; epoch <= run.epochs(); ++epoch) {
      run.run_epoch(epoch);
      if (stop && stop()) return std::nullopt;
    }
    return run.evaluate_epoch(run.epochs()).train_loss;
  });
}

std::optional<Tuning> tune_over(std::vector<double> alphas,
                                const std::function<std::optional<double>(double)>& final_loss) {
  Tuning tuning;
  tuning.alphas = std::move(alphas);
  std::sort(tuning.alphas.begin(), tuning.alphas.end());
  double least = std::numeric_limits<double>::infinity();
  for (const double alpha : tuning.alphas) {
    const std::optional<double> loss = final_loss(alpha);
    if (!loss) return std::nullopt;
    tuning.final_losses.push_back(std::isfinite(*loss) ? *loss : std::numeric_limits<double>::quiet_NaN());
    if (*loss < least) {
      least = *loss;
      tuning.best = alpha;
    }
  }
  if (!std::isfinite(least))
    throw std::runtime_error("every step size of solver/tune_grid diverges at full precision");
  return tuning;
}

bool is_reproducible(const TrainingSpec& spec) {
  return engine_registry()[spec.engine.kind](spec.engine.parameters, 1)->is_reproducible();
}

const ComponentFamily& solvers() {
  static const ComponentFamily family{
      "solvers",
      "how the objective is minimised",
      {{"sgd",
        "stochastic proximal gradient descent in mini-batches, from x = 0",
        {{.key = "epochs",
          .type = ParameterType::integer,
          .doc = "passes over the training rows",
          .min = 1,
          .max = 1e6},
         {.key = "batch",
          .type = ParameterType::integer,
          .doc = "rows a mini-batch; gradients are averaged over it",
          .fallback = std::int64_t{16},
          .min = 1,
          .max = 1e9},
         {.key = "alpha",
          .type = ParameterType::number,
          .doc = "step size, or \"tune\": the best of tune_grid at full precision, reused at every precision",
          .fallback = std::string("tune"),
          .min = 0,
          .max = 1e6,
          .choices = {"tune"},
          .above_min = true},
         {.key = "tune_grid",
          .type = ParameterType::number_list,
          .doc = "step sizes that \"tune\" tries",
          .fallback = default_grid(),
          .min = 0,
          .max = 1e6,
          .above_min = true},
         {.key = "schedule",
          .type = ParameterType::text,
          .doc = "step size of epoch e = 1, 2, ...: alpha / e, alpha / sqrt(e) or alpha",
          .fallback = std::string("inverse_epoch"),
          .choices = {"inverse_epoch", "inverse_sqrt", "constant"}},
         {.key = "order",
          .type = ParameterType::text,
          .doc = "rows of an epoch: a new random permutation of all; or of blocks of 64 rows as stored, "
                 "faster, for "
                 "rows in no order of their own; or drawn with replacement (a row drawn twice in an epoch "
                 "shows the same "
                 "quantized values)",
          .fallback = std::string("permutation"),
          .choices = {"permutation", "blocks", "with_replacement"}},
         {.key = "probe",
          .type = ParameterType::component,
          .doc = "what is measured along the way",
          .family = []() -> const ComponentFamily& { return probes(); },
          .optional = true}}}}};
  return family;
}

const Registry<EngineFactory>& engine_registry() {
  static const Registry<EngineFactory> registry("engines", "what carries the updates out", [] {
    auto entries = replica_engine_entries();
    entries.push_back({local_sgd_info(), make_local_sgd});
    entries.push_back({hogwild_info(), make_hogwild});
    return entries;
  }());
  return registry;
}

const ComponentFamily& engines() { return engine_registry().family(); }

}  // namespace zipml
