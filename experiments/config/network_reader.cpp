#include "experiments/config/network_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/data/dataset.h"
#include "engine/deep/network.h"
#include "engine/deep/weight_channel.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/measurements.h"
#include "experiments/config/run_reader.h"

namespace zipml {
namespace {

Json member_or_empty(const Json& object, const std::string& key) {
  const auto member = object.find(key);
  return member == object.end() ? Json::object() : *member;
}

}  // namespace

bool names_network(const Json& document) {
  const auto model = document.find("model");
  if (model == document.end()) return false;
  const Json* kind = &*model;
  if (model->is_object()) {
    const auto member = model->find("kind");
    if (member == model->end()) return false;
    kind = &*member;
  }
  return kind->is_string() && networks().family().find(kind->get<std::string>()) != nullptr;
}

void read_network(const Json& document, RunSpec& run, ConfigErrors& errors) {
  NetworkTrainingSpec network;
  if (auto model = read_component({document["model"], "/model"}, networks().family(), errors)) {
    run.model = network.network = std::move(*model);
  }
  run.regularizer.kind = "none";
  const Json precision = member_or_empty(document, "precision");
  if (!precision.is_object()) {
    errors.add("/precision", "found " + brief(precision) + "; allowed: an object");
  } else {
    check_members({precision, "/precision"}, {"weights"}, errors);
    const Json weights = member_or_empty(precision, "weights");
    auto channel =
        read_component({weights, "/precision/weights"}, weight_channels().family(), errors, "full");
    if (channel) network.weights = std::move(*channel);
  }
  const Json solver = member_or_empty(document, "solver");
  auto chosen = read_component({solver, "/solver"}, network_solvers(), errors, "momentum_sgd");
  if (chosen) network.solver = std::move(*chosen);
  const auto refuse = [&](const std::string& member, const std::string& allowed) {
    if (!document.contains(member)) return;
    errors.add("/" + member, "found " + brief(document[member]) + " with the network \"" + run.model.kind +
                                 "\"; allowed: " + allowed);
  };
  refuse("engine", "no engine, as LibTorch trains it");
  refuse("fpga", "no FPGA, as the published engines train linear models only");
  if (run.measurement.kind != kTraining) refuse("measure", "\"" + std::string(kTraining) + "\"");
  run.network = std::move(network);
}

void check_network(const RunSpec& run, ConfigErrors& errors) {
  const NetworkTrainingSpec& network = *run.network;
  if (dataset_task(run.dataset) != Task::multiclass) {
    std::string fitting;
    for (const ComponentInfo& member : datasets().family().members) {
      const ComponentChoice choice{member.name, {}};
      const bool users_own = std::any_of(member.parameters.begin(), member.parameters.end(),
                                         [](const ParameterInfo& info) { return info.key == "task"; });
      if (!users_own && dataset_task(choice) == Task::multiclass)
        fitting += (fitting.empty() ? "" : ", ") + member.name;
    }
    errors.add("/dataset", "\"" + run.dataset.kind +
                               "\" has no images of several classes, which the network \"" + run.model.kind +
                               "\" needs; allowed: " + fitting);
  }
  if (run.preprocess.boolean("intercept")) {
    errors.add("/preprocess/intercept",
               "found true with a network, whose layers have biases; allowed: false");
  }
  if (network.weights.parameters.has("levels")) {
    const ComponentChoice& levels = network.weights.parameters.component("levels");
    if (levels.kind == "given") {
      errors.add(
          "/precision/weights/levels",
          "found \"given\" with a network, whose levels follow its weights in every iteration; allowed: "
          "another strategy");
      return;
    }
    check_levels("/precision/weights", network.weights.parameters, false, errors);
    if (level_strategies()[levels.kind](levels.parameters)->scales_rows()) {
      errors.add("/precision/weights/levels",
                 "found levels scaled by rows; allowed: levels of the tensor's own values");
    }
  }
  const Parameters& solver = network.solver.parameters;
  const std::int64_t display = solver.integer("display"), every = solver.integer("test_every");
  if (every % display != 0) {
    errors.add("/solver/test_every", "found " + std::to_string(every) + "; allowed: a multiple of display, " +
                                         std::to_string(display));
  }
  check_batch(run, solver, errors);
}

Json resolved_network(const RunSpec& run) {
  return {{"model", to_json(run.model)},
          {"precision", {{"weights", to_json(run.network->weights)}}},
          {"solver", to_json(run.network->solver)}};
}

}  // namespace zipml
