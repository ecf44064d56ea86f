#include <algorithm>
#include <bit>
#include <string>

#include "engine/data/dataset.h"
#include "engine/data/known_sets.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/model/loss.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/level_choice.h"
#include "experiments/config/measurements.h"
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
      if (make_loss(choose(losses().family(), member.name))->task() == task) fitting.push_back(member.name);
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

// Where levels do not come from columns, it makes no difference which rows and columns are looked at.
void check_scope(const std::string& pointer, const Parameters& quantizer, ConfigErrors& errors) {
  const bool groups = quantizer.has("columns_per_group") &&
                      (quantizer.is_text("columns_per_group") || quantizer.integer("columns_per_group") != 1);
  if (groups) {
    errors.add(pointer + "/columns_per_group",
               "found together with levels that are not fitted to columns; allowed: 1");
  }
  if (quantizer.has("sample_rows") && quantizer.integer("sample_rows") != 0) {
    errors.add(pointer + "/sample_rows",
               "found together with levels that are not fitted to columns; allowed: 0");
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
  const std::size_t errors_before = errors.count();
  check_level_choice(pointer + "/levels", levels, static_cast<int>(count), errors);
  if (errors.count() > errors_before) return;
  // Levels that a file holds, where they were not asked for: they are those of columns.
  const bool in_file = levels.kind == "given" && !levels.parameters.has("values");
  const auto strategy = in_file ? nullptr : level_strategies()[levels.kind](levels.parameters);
  if (strategy && strategy->input() == LevelInput::none) check_scope(pointer, quantizer, errors);
  if (needs_rows && !(strategy && strategy->scales_rows())) {
    errors.add(pointer + "/levels",
               "found levels that are fitted to columns of samples; allowed: row scaling, "
               "{\"kind\": \"uniform\", \"scaling\": \"row\"}, as the range of this vector moves");
  }
}

namespace {

// What only non-linear models and refetching ask for.
void check_nonlinear(const std::string& pointer, const ComponentChoice& samples, const ComponentChoice& model,
                     const Loss& loss, ConfigErrors& errors) {
  const std::string objection = estimator_objection(samples.kind, loss);
  if (!objection.empty()) {
    std::vector<std::string> fitting;
    for (const ComponentInfo& member : estimators().family().members) {
      if (estimator_objection(member.name, loss).empty()) fitting.push_back(member.name);
    }
    errors.add(pointer, "\"" + samples.kind + "\" " + objection + ", and \"" + model.kind +
                            "\" is not such a loss; allowed: " + join(fitting));
  }
  const Parameters& parameters = samples.parameters;
  const auto is_number = [&](const char* key) { return parameters.has(key) && !parameters.is_text(key); };
  if (is_number("radius") && is_number("delta") && loss.jump() &&
      !(parameters.number("delta") < parameters.number("radius"))) {
    errors.add(pointer + "/delta", "found " + brief(parameters.number("delta")) + " with a radius of " +
                                       brief(parameters.number("radius")) + "; allowed: below the radius");
  }
  if (samples.kind != "refetch_l1") return;
  const ComponentChoice& levels = parameters.component("levels");
  if (level_strategies()[levels.kind](levels.parameters)->scales_rows()) {
    errors.add(
        "/precision/samples/levels",
        "found row scaling; allowed: levels of columns, as the bound adds up the steps of the columns");
  }
}

}  // namespace

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

namespace {

void check_hardware_training(const RunSpec& run, ConfigErrors& errors) {
  if (dataset_task(run.dataset) != Task::regression) {
    errors.add("/dataset", "the data set \"" + run.dataset.kind +
                               "\" has classification labels; a run that measures \"" + run.measurement.kind +
                               "\" needs regression labels");
  }
  const std::int64_t batch = run.measurement.parameters.integer("batch");
  if (!std::has_single_bit(static_cast<std::uint64_t>(batch))) {
    errors.add("/measure/batch", "found " + std::to_string(batch) + "; allowed: powers of two");
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
  if (samples.has("columns_per_group") &&
      (samples.is_text("columns_per_group") || samples.integer("columns_per_group") != 1)) {
    errors.add("/precision/samples/columns_per_group", by + "looks at one column; allowed: 1");
  }
  if (samples.has("sample_rows") && samples.integer("sample_rows") != 0) {
    errors.add("/precision/samples/sample_rows", by + "looks at all rows; allowed: 0");
  }
  if (samples.has("levels") && samples.component("levels").kind == "given") {
    errors.add("/precision/samples/levels",
               by + "finds the levels itself, found \"given\"; allowed: another strategy");
  }
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
  check_nonlinear("/precision/samples", run.training.samples, run.model, *loss, errors);
  if (run.training.solver.parameters.has("probe")) {
    const ComponentChoice& probed =
        run.training.solver.parameters.component("probe").parameters.component("estimator");
    check_levels("/solver/probe/estimator", probed.parameters, false, errors);
    check_nonlinear("/solver/probe/estimator", probed, run.model, *loss, errors);
  }
  if (run.measurement.kind == kGradientError && !loss->derivative_is_affine()) {
    errors.add("/model", "a run that measures \"" + run.measurement.kind +
                             "\" needs a loss that is quadratic in a'x, and \"" + run.model.kind +
                             "\" is not; allowed: least_squares, ls_svm");
  }
}

// Whether an engine that has its own way to store codes can store these samples; `more` goes
// before the other kinds that are allowed.
bool check_stored(const ComponentChoice& samples, const std::string& more, const std::string& with,
                  std::int64_t most_bits, ConfigErrors& errors) {
  const std::vector<std::string>& served = packed_estimators();
  if (std::find(served.begin(), served.end(), samples.kind) == served.end()) {
    errors.add("/precision/samples",
               "found \"" + samples.kind + "\"" + with + "; allowed: " + more + join(served));
    return false;
  }
  const std::int64_t bits = samples.parameters.integer("bits");
  if (bits > most_bits)
    errors.add("/precision/samples/bits",
               "found " + std::to_string(bits) + with + "; allowed: 1 to " + std::to_string(most_bits));
  return true;
}

void check_full_channels(const TrainingSpec& training, const std::string& with, ConfigErrors& errors) {
  for (const auto& [name, channel] :
       {std::pair{"model", &training.model_channel}, std::pair{"gradient", &training.gradient_channel}}) {
    if (channel->kind == "full") continue;
    errors.add(
        "/precision/" + std::string(name),
        "found \"" + channel->kind + "\"" + with + ", which rounds what it reads itself; allowed: \"full\"");
  }
}

// What the integer engine cannot multiply, and what it rounds itself.
void check_integer_engine(const TrainingSpec& training, const std::string& pointer,
                          const Parameters& parameters, ConfigErrors& errors) {
  const std::string with = " together with the engine \"integer\"";
  const std::int64_t model_bits = parameters.integer("model_bits");
  if (model_bits != 8 && model_bits != 16)
    errors.add(pointer + "/model_bits", "found " + std::to_string(model_bits) + "; allowed: 8, 16");
  check_full_channels(training, with, errors);
  const ComponentChoice& samples = training.samples;
  if (!check_stored(samples, "", with, 8, errors)) return;
  const ComponentChoice& levels = samples.parameters.component("levels");
  if (levels.kind != "uniform" || level_strategies()[levels.kind](levels.parameters)->scales_rows()) {
    errors.add("/precision/samples/levels",
               "found levels that are not uniform in every column" + with +
                   "; allowed: {\"kind\": \"uniform\", \"scaling\": \"column\"} or \"min_max\"");
  }
}

// What cannot be decoded in registers.
void check_fused_engine(const TrainingSpec& training, ConfigErrors& errors) {
  const ComponentChoice& samples = training.samples;
  if (samples.kind == "full") return;
  const std::string with = " together with the engine \"fused\"";
  if (!check_stored(samples, "full, ", with, 8, errors)) return;
  const ComponentChoice& levels = samples.parameters.component("levels");
  if (level_strategies()[levels.kind](levels.parameters)->scales_rows())
    errors.add("/precision/samples/levels",
               "found levels scaled by rows" + with + "; allowed: levels of columns or of all samples");
}

// What the fixed-point engine cannot multiply, and what it has no arithmetic for.
void check_fixed_point_engine(const TrainingSpec& training, const ComponentChoice& regularizer,
                              ConfigErrors& errors) {
  const std::string with = " together with the engine \"fixed_point\"";
  check_full_channels(training, with, errors);
  if (regularizer.kind != "none")
    errors.add("/model/regularizer", "found \"" + regularizer.kind + "\"" + with + "; allowed: \"none\"");
  const ComponentChoice& samples = training.samples;
  if (!check_stored(samples, "", with, 4, errors)) return;
  if (samples.kind == "double_sampling" && samples.parameters.boolean("symmetrized"))
    errors.add("/precision/samples/symmetrized", "found true" + with + "; allowed: false");
  const ComponentChoice& levels = samples.parameters.component("levels");
  if (levels.kind != "uniform" || levels.parameters.text("scaling") != "column")
    errors.add("/precision/samples/levels",
               "found levels that are not uniform and symmetric about 0" + with +
                   "; allowed: {\"kind\": \"uniform\", \"scaling\": \"column\"}");
  if (!samples.parameters.is_text("columns_per_group"))
    errors.add("/precision/samples/columns_per_group",
               "found " + std::to_string(samples.parameters.integer("columns_per_group")) + with +
                   "; allowed: \"all\"");
}

void check_engine(const std::string& pointer, const ComponentChoice& engine, const RunSpec& run,
                  ConfigErrors& errors) {
  const TrainingSpec& training = run.training;
  if (engine.kind == "integer") check_integer_engine(training, pointer, engine.parameters, errors);
  if (engine.kind == "fused") check_fused_engine(training, errors);
  if (engine.kind == "fixed_point") check_fixed_point_engine(training, run.regularizer, errors);
  if (engine.kind == "local_sgd")
    check_engine(pointer + "/replica", engine.parameters.component("replica"), run, errors);
}

}  // namespace

void check_combinations(const RunSpec& run, ConfigErrors& errors) {
  if (run.network) return check_network(run, errors);
  if (run.measurement.kind == kFpgaCycles) return;
  check_tomography(run, errors);
  check_memory(run, errors);
  if (run.measurement.kind == kHardwareTraining) return check_hardware_training(run, errors);
  const TrainingSpec& training = run.training;
  if (run.measurement.kind != kLevelHistogram) check_model(run, errors);
  check_levels("/precision/samples", training.samples.parameters, false, errors);
  check_levels("/precision/model", training.model_channel.parameters, true, errors);
  check_levels("/precision/gradient", training.gradient_channel.parameters, true, errors);
  check_levels("/precision/labels", training.labels.parameters, false, errors);
  if (run.measurement.kind == kTraining) {
    check_batch(run, training.solver.parameters, errors);
    check_engine("/engine", training.engine, run, errors);
  } else {
    check_measurement(run, errors);
  }
}

}  // namespace zipml
