#include <algorithm>
#include <string>

#include "engine/data/dataset.h"
#include "engine/data/known_sets.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/model/loss.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/measurements.h"
#include "experiments/config/nearest.h"
#include "experiments/config/run_reader.h"

namespace zipml {
namespace {

const char* task_name(Task task) { return task == Task::regression ? "regression" : "classification"; }

std::unique_ptr<Loss> make_loss(const ComponentChoice& model) {
  return losses()[model.kind](model.parameters);
}

void check_task(const RunSpec& run, const Loss& loss, ConfigErrors& errors) {
  const Task task = dataset_task(run.dataset);
  if (loss.task() != task) {
    std::vector<std::string> fitting;
    for (const ComponentInfo& member : losses().family().members) {
      const bool needs_parameters = !member.parameters.empty();
      if (!needs_parameters && make_loss({member.name, {}})->task() == task) fitting.push_back(member.name);
    }
    errors.add("/model", "\"" + run.model.kind + "\" is a " + task_name(loss.task()) +
                             " model, the data set \"" + run.dataset.kind + "\" has " + task_name(task) +
                             " labels; allowed: " + join(fitting));
  }
  const bool scales_labels = run.preprocess.has("labels") && run.preprocess.text("labels") != "none";
  if (scales_labels && task == Task::classification) {
    errors.add("/preprocess/labels", "found \"" + run.preprocess.text("labels") +
                                         "\" for the classification labels of \"" + run.dataset.kind +
                                         "\", which stay -1 and +1; allowed: \"none\"");
  }
}

// Levels of one quantizer: "samples", "model" or "gradient".
void check_levels(const std::string& pointer, const Parameters& quantizer, bool needs_rows,
                  ConfigErrors& errors) {
  if (!quantizer.has("bits") || !quantizer.has("levels")) return;
  const std::int64_t bits = quantizer.integer("bits");
  std::int64_t count = std::int64_t{1} << bits;
  if (quantizer.has("levels_count")) {
    count = quantizer.integer("levels_count");
    const std::int64_t least = (std::int64_t{1} << (bits - 1)) + 1, most = std::int64_t{1} << bits;
    if (count < least || count > most) {
      errors.add(pointer + "/levels_count",
                 "found " + std::to_string(count) + " levels with " + std::to_string(bits) +
                     " bits; allowed: " + std::to_string(least) + " to " + std::to_string(most));
    }
  }
  const ComponentChoice& levels = quantizer.component("levels");
  if (count < 3 && levels.parameters.has("grid") && levels.parameters.text("grid") == "mid-tread") {
    errors.add(pointer + "/levels/grid", "found \"mid-tread\" with " + std::to_string(count) +
                                             " levels; allowed: at least 3 levels (2 bits), or \"mid-rise\"");
  }
  if (needs_rows && !level_strategies()[levels.kind](levels.parameters)->scales_rows()) {
    errors.add(pointer + "/levels",
               "found levels that are fitted to columns of samples; allowed: row scaling, "
               "{\"kind\": \"uniform\", \"scaling\": \"row\"}, as the range of this vector moves");
  }
}

void check_batch(const RunSpec& run, ConfigErrors& errors) {
  const Parameters& solver = run.training.solver.parameters;
  const Parameters& dataset = run.dataset.parameters;
  const KnownSet* known = find_known_set(run.dataset.kind);
  std::int64_t rows = known ? static_cast<std::int64_t>(known->train_rows) : 0;  // 0: not known yet
  if (dataset.has("train_rows") && dataset.integer("train_rows") > 0) {
    const std::int64_t limit = dataset.integer("train_rows");
    rows = rows > 0 ? std::min(rows, limit) : limit;
  }
  const std::int64_t batch = solver.integer("batch");
  if (rows > 0 && batch > rows) {
    errors.add("/solver/batch", "found " + std::to_string(batch) + " for " + std::to_string(rows) +
                                    " training rows; allowed: at most " + std::to_string(rows));
  }
}

// What is not trained measures the samples only, in a precision of which there are levels and fresh draws.
void check_measurement(const RunSpec& run, ConfigErrors& errors) {
  const std::string by = "a run that measures \"" + run.measurement.kind + "\" ";
  const TrainingSpec& training = run.training;
  const std::pair<const char*, const ComponentChoice&> channels[] = {{"model", training.model_channel},
                                                                     {"gradient", training.gradient_channel}};
  for (const auto& [name, channel] : channels) {
    if (channel.kind == "full") continue;
    errors.add("/precision/" + std::string(name),
               by + "does not use this channel, found \"" + channel.kind + "\"; allowed: \"full\"");
  }
  const Parameters& samples = training.samples.parameters;
  if (run.measurement.kind == kGradientError) {
    if (samples.has("sampling") && samples.text("sampling") == "once") {
      errors.add("/precision/samples/sampling", by + "needs new draws, found \"once\"; allowed: \"fresh\"");
    }
    if (run.regularizer.kind != "none") {
      errors.add("/model/regularizer",
                 by + "looks at the loss alone, found \"" + run.regularizer.kind + "\"; allowed: \"none\"");
    }
    return;
  }
  const std::string allowed = "; allowed: an estimator with levels that are fitted to columns";
  if (!samples.has("levels")) {
    errors.add("/precision/samples", by + "needs levels, found \"" + training.samples.kind + "\"" + allowed);
  } else if (const ComponentChoice& levels = samples.component("levels");
             level_strategies()[levels.kind](levels.parameters)->scales_rows()) {
    errors.add("/precision/samples/levels", by + "needs the levels of a column, found row scaling" + allowed);
  }
}

void check_model(const RunSpec& run, ConfigErrors& errors) {
  const auto loss = make_loss(run.model);
  check_task(run, *loss, errors);
  if (run.training.samples.kind == "double_sampling" && !loss->derivative_is_affine()) {
    errors.add("/precision/samples",
               "\"double_sampling\" is unbiased only where the loss is quadratic in a'x, and \"" +
                   run.model.kind + "\" is not; allowed: another estimator");
  }
  if (run.measurement.kind == kGradientError && !loss->derivative_is_affine()) {
    errors.add("/model", "a run that measures \"" + run.measurement.kind +
                             "\" needs a loss that is quadratic in a'x, and \"" + run.model.kind +
                             "\" is not; allowed: least_squares, ls_svm");
  }
}

}  // namespace

void check_combinations(const RunSpec& run, ConfigErrors& errors) {
  if (run.measurement.kind == kFpgaCycles) return;
  const TrainingSpec& training = run.training;
  if (run.measurement.kind != kLevelHistogram) check_model(run, errors);
  check_levels("/precision/samples", training.samples.parameters, false, errors);
  check_levels("/precision/model", training.model_channel.parameters, true, errors);
  check_levels("/precision/gradient", training.gradient_channel.parameters, true, errors);
  if (run.measurement.kind == kTraining) {
    check_batch(run, errors);
  } else {
    check_measurement(run, errors);
  }
}

}  // namespace zipml
