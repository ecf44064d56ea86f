#include <algorithm>
#include <string>

#include "engine/data/dataset.h"
#include "engine/data/known_sets.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/model/loss.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/nearest.h"
#include "experiments/config/network_reader.h"
#include "experiments/config/run_reader.h"

namespace zipml {
namespace {

const char* task_name(Task task) {
  if (task == Task::multiclass) return "multiclass";
  return task == Task::regression ? "regression" : "classification";
}

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
    if (task == Task::multiclass) fitting = member_names(networks().family());
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

}  // namespace

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

void check_batch(const RunSpec& run, const Parameters& solver, ConfigErrors& errors) {
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

void check_combinations(const RunSpec& run, ConfigErrors& errors) {
  if (run.network) return check_network(run, errors);
  const TrainingSpec& training = run.training;
  const auto loss = make_loss(run.model);
  check_task(run, *loss, errors);
  check_levels("/precision/samples", training.samples.parameters, false, errors);
  check_levels("/precision/model", training.model_channel.parameters, true, errors);
  check_levels("/precision/gradient", training.gradient_channel.parameters, true, errors);
  if (training.samples.kind == "double_sampling" && !loss->derivative_is_affine()) {
    errors.add("/precision/samples",
               "\"double_sampling\" is unbiased only where the loss is quadratic in a'x, and \"" +
                   run.model.kind + "\" is not; allowed: another estimator");
  }
  check_batch(run, training.solver.parameters, errors);
}

}  // namespace zipml
