#include <algorithm>
#include <string>

#include "engine/data/dataset.h"
#include "engine/gradient/estimator.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/measurements.h"
#include "experiments/config/nearest.h"
#include "experiments/config/run_reader.h"

namespace zipml {
namespace {

constexpr const char* kWith = " together with \"memory\": \"packed\" of the data set, ";

void check_packed_levels(const ComponentChoice& levels, ConfigErrors& errors) {
  // What `given` levels read from a file are is not known here; they need no values.
  if (levels.kind == "given") return;
  if (level_strategies()[levels.kind](levels.parameters)->input() != LevelInput::values) return;
  std::vector<std::string> fitting = {"given"};
  for (const ComponentInfo& member : level_strategies().family().members) {
    if (member.name == "given") continue;
    const ComponentChoice other = choose(level_strategies().family(), member.name);
    if (level_strategies()[other.kind](other.parameters)->input() != LevelInput::values)
      fitting.push_back(member.name);
  }
  errors.add("/precision/samples/levels",
             "found \"" + levels.kind + "\"" + kWith +
                 "which needs all values of a column at once; allowed: " + join(fitting));
}

}  // namespace

void check_memory(const RunSpec& run, ConfigErrors& errors) {
  if (!keeps_packed_only(run.dataset)) return;
  if (run.measurement.kind != kTraining) {
    errors.add("/dataset/memory", "found \"packed\" for a run that measures \"" + run.measurement.kind +
                                      "\", which needs the rows in memory; allowed: \"float32\"");
    return;
  }
  const TrainingSpec& training = run.training;
  const std::vector<std::string>& packed = packed_estimators();
  if (std::find(packed.begin(), packed.end(), training.samples.kind) == packed.end()) {
    errors.add("/precision/samples", "found \"" + training.samples.kind + "\"" + kWith +
                                         "which reads the rows at float32; allowed: " + join(packed));
  } else {
    check_packed_levels(training.samples.parameters.component("levels"), errors);
  }
  if (run.tune) {
    errors.add("/solver/alpha", std::string("found \"tune\"") + kWith +
                                    "which trains at full precision; allowed: a number, such as that tuned "
                                    "on the first `train_rows`");
  }
  if (training.solver.parameters.has("probe")) {
    errors.add("/solver/probe",
               std::string("found") + kWith + "which reads the rows at float32; allowed: none");
  }
}

}  // namespace zipml
