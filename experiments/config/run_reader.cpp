#include "experiments/config/run_reader.h"

#include <algorithm>

#include "engine/data/preprocess.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/gradient/label_store.h"
#include "engine/model/loss.h"
#include "engine/model/regularizer.h"
#include "engine/solve/training.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/fpga_reader.h"
#include "experiments/config/measurements.h"
#include "experiments/config/nearest.h"
#include "experiments/config/network_reader.h"
#include "experiments/config/sweep.h"

namespace zipml {
namespace {

// An absent member is read as an empty object, so that defaults and missing parameters are found in one
// place.
Json member_or_empty(const Json& object, const std::string& key) {
  const auto member = object.find(key);
  return member == object.end() ? Json::object() : *member;
}

template <class T>
T value_or_empty(std::optional<T> value) {
  return value ? std::move(*value) : T{};
}

void require(const Json& document, const std::string& member, const ComponentFamily& family,
             ConfigErrors& errors) {
  if (document.contains(member)) return;
  std::string names;
  for (const std::string& name : member_names(family)) names += (names.empty() ? "" : ", ") + name;
  errors.add("/" + member, "missing; allowed: an object with \"kind\", or one of " + names);
}

// A name that is neither is refused with the names of both.
const ComponentFamily& models() {
  static const ComponentFamily family = [] {
    ComponentFamily all = losses().family();
    const std::vector<ComponentInfo>& more = networks().family().members;
    all.members.insert(all.members.end(), more.begin(), more.end());
    return all;
  }();
  return family;
}

void read_model(const Json& document, RunSpec& run, ConfigErrors& errors) {
  if (!document.contains("model")) return;
  const Json& model = document["model"];
  run.model = value_or_empty(read_component({model, "/model"}, models(), errors, {}, {"regularizer"}));
  const Json regularizer = model.is_object() ? member_or_empty(model, "regularizer") : Json::object();
  run.regularizer = value_or_empty(
      read_component({regularizer, "/model/regularizer"}, regularizers().family(), errors, "none"));
}

void read_precision(const Json& document, TrainingSpec& training, ConfigErrors& errors) {
  const Json precision = member_or_empty(document, "precision");
  if (!precision.is_object()) {
    errors.add("/precision", "found " + brief(precision) + "; allowed: an object");
    return;
  }
  check_members({precision, "/precision"}, {"samples", "model", "gradient", "labels"}, errors);
  const auto read = [&](const std::string& key, const ComponentFamily& family) {
    const Json member = member_or_empty(precision, key);
    return value_or_empty(read_component({member, "/precision/" + key}, family, errors, "full"));
  };
  training.samples = read("samples", estimators().family());
  training.model_channel = read("model", channels().family());
  training.gradient_channel = read("gradient", channels().family());
  training.labels = read("labels", label_stores().family());
}

bool is_used(const std::string& member, const RunSpec& run) {
  const std::vector<std::string>& used = members_used(run.measurement.kind);
  return std::find(used.begin(), used.end(), member) != used.end();
}

void read_training(const Json& document, RunSpec& run, ConfigErrors& errors) {
  const Json solver = member_or_empty(document, "solver");
  run.training.solver = value_or_empty(read_component({solver, "/solver"}, solvers(), errors, "sgd"));
  const Json engine = member_or_empty(document, "engine");
  run.training.engine = value_or_empty(read_component({engine, "/engine"}, engines(), errors, "synchronous"));
}

void read_fpga_member(const Json& document, const std::filesystem::path& folder, RunSpec& run,
                      ConfigErrors& errors) {
  if (document.contains("fpga")) {
    run.fpga = read_fpga({document["fpga"], "/fpga"}, folder, errors);
  } else if (run.measurement.kind == kFpgaCycles) {
    errors.add("/fpga", "missing; a run that measures \"" + run.measurement.kind +
                            "\" needs it; allowed: an object with \"design\" and \"platform\"");
  }
}

// Members without effect are refused: whoever wrote them expects one.
void refuse_unused(const Json& document, const RunSpec& run, ConfigErrors& errors) {
  for (const std::string& member : run_members()) {
    if (!document.contains(member) || is_used(member, run)) continue;
    errors.add("/" + member, "a run that measures \"" + run.measurement.kind +
                                 "\" does not use it; allowed: " + join(members_used(run.measurement.kind)));
  }
}

Json resolved_linear(const RunSpec& run) {
  Json model = to_json(run.model);
  model["regularizer"] = to_json(run.regularizer);
  const TrainingSpec& training = run.training;
  Json json = {{"model", model},
               {"precision",
                {{"samples", to_json(training.samples)},
                 {"model", to_json(training.model_channel)},
                 {"gradient", to_json(training.gradient_channel)}}},
               {"solver", to_json(training.solver)},
               {"engine", to_json(training.engine)}};
  // Written only where it says something: few runs can store labels at low precision.
  if (training.labels.kind != "full") json["precision"]["labels"] = to_json(training.labels);
  if (run.fpga) json["fpga"] = to_json(*run.fpga);
  return json;
}

Json resolved(const RunSpec& run) {
  Json json = {{"measure", to_json(run.measurement)},
               {"dataset", to_json(run.dataset)},
               {"preprocess", to_json(run.preprocess)}};
  json.update(run.network ? resolved_network(run) : resolved_linear(run));
  for (const std::string& member : run_members()) {
    if (!is_used(member, run)) json.erase(member);
  }
  json.update(
      {{"config", run.config_name}, {"panel", run.panel}, {"series", run.series}, {"seed", run.seed}});
  return json;
}

constexpr std::size_t kIdLength = 16;

}  // namespace

std::optional<RunSpec> read_run(const Json& document, const std::filesystem::path& folder,
                                ConfigErrors& errors) {
  const std::size_t errors_before = errors.count();
  RunSpec run;
  const Json measure = member_or_empty(document, "measure");
  const auto measurement = read_component({measure, "/measure"}, measurements(), errors, kTraining);
  if (!measurement) return {};
  run.measurement = *measurement;
  refuse_unused(document, run, errors);
  if (is_used("dataset", run)) require(document, "dataset", datasets().family(), errors);
  if (is_used("model", run)) require(document, "model", models(), errors);
  if (document.contains("dataset")) {
    run.dataset =
        value_or_empty(read_component({document["dataset"], "/dataset"}, datasets().family(), errors));
  }
  const Json preprocess = member_or_empty(document, "preprocess");
  run.preprocess = value_or_empty(read_parameters({preprocess, "/preprocess"}, preprocess_info(), errors));
  if (is_used("model", run) && names_network(document)) {
    read_network(document, run, errors);
    if (errors.count() > errors_before) return {};
    run.training.alpha = run.network->solver.parameters.number("rate");
    return run;
  }
  read_model(document, run, errors);
  read_precision(document, run.training, errors);
  const bool trains = run.measurement.kind == kTraining;
  if (trains) read_training(document, run, errors);
  read_fpga_member(document, folder, run, errors);
  if (errors.count() > errors_before) return {};
  if (!trains) return run;
  run.tune = run.training.solver.parameters.is_text("alpha");
  run.training.alpha = run.tune ? 0.0 : run.training.solver.parameters.number("alpha");
  return run;
}

void identify(RunSpec& run, std::uint64_t seed) {
  run.seed = seed;
  run.training.seed = seed;
  if (run.network) run.network->seed = seed;
  const Json json = resolved(run);
  run.resolved_json = json.dump();
  run.id = sha256_hex(run.resolved_json).substr(0, kIdLength);
  run.tuning_key.clear();
  if (!run.tune) return;
  Json solver = json["solver"];
  solver.erase("probe");
  const Json tuned = {{"dataset", json["dataset"]},
                      {"preprocess", json["preprocess"]},
                      {"model", json["model"]},
                      {"solver", std::move(solver)}};
  run.tuning_key = sha256_hex(tuned.dump()).substr(0, kIdLength);
}

}  // namespace zipml
