#include <string>

#include "engine/data/tomography_scan.h"
#include "engine/gradient/estimator.h"
#include "engine/tomography/ray_store.h"
#include "experiments/config/measurements.h"
#include "experiments/config/nearest.h"
#include "experiments/config/run_reader.h"

namespace zipml {
namespace {

void refuse(const std::string& pointer, const std::string& found, const std::string& allowed,
            ConfigErrors& errors) {
  errors.add(pointer, "found \"" + found + "\" for the data set \"tomography\"; allowed: " + allowed);
}

// The rows of the problem are the projector's, not those of the table of rays.
void check_preprocess(const Parameters& preprocess, ConfigErrors& errors) {
  for (const char* key : {"features", "labels"}) {
    if (preprocess.text(key) != "none") {
      refuse(std::string("/preprocess/") + key, preprocess.text(key), "\"none\"", errors);
    }
  }
  if (preprocess.boolean("intercept")) refuse("/preprocess/intercept", "true", "false", errors);
}

// Of a ray only its weights are stored, in no order of pixels.
void check_level_scope(const Parameters& samples, ConfigErrors& errors) {
  if (samples.has("columns_per_group") &&
      (samples.is_text("columns_per_group") || samples.integer("columns_per_group") != 1)) {
    errors.add("/precision/samples/columns_per_group", "rays have no columns; allowed: 1");
  }
  if (samples.has("sample_rows") && samples.integer("sample_rows") != 0) {
    errors.add("/precision/samples/sample_rows", "levels of rays are found on all of them; allowed: 0");
  }
}

void check_batch_of_slice(const RunSpec& run, ConfigErrors& errors) {
  const auto rays = static_cast<std::int64_t>(scan_geometry(run.dataset.parameters).rays());
  const std::int64_t batch = run.training.solver.parameters.integer("batch");
  if (batch <= rays) return;
  errors.add("/solver/batch", "found " + std::to_string(batch) + " for " + std::to_string(rays) +
                                  " rays of a slice; allowed: at most " + std::to_string(rays));
}

}  // namespace

void check_tomography(const RunSpec& run, ConfigErrors& errors) {
  const TrainingSpec& training = run.training;
  if (run.dataset.kind != kTomography) {
    if (training.labels.kind == "full") return;
    errors.add("/precision/labels", "found \"" + training.labels.kind + "\" for the data set \"" +
                                        run.dataset.kind + "\"; allowed: \"full\", or the data set \"" +
                                        kTomography + "\"");
    return;
  }
  if (run.measurement.kind != kTraining) {
    return refuse("/measure", run.measurement.kind, "\"training\"", errors);
  }
  check_preprocess(run.preprocess, errors);
  check_level_scope(training.samples.parameters, errors);
  if (training.solver.parameters.has("probe")) {
    refuse("/solver/probe", training.solver.parameters.component("probe").kind, "none", errors);
  }
  if (run.model.kind != "least_squares") refuse("/model", run.model.kind, "\"least_squares\"", errors);
  if (training.engine.kind != "synchronous") {
    refuse("/engine", training.engine.kind, "\"synchronous\"", errors);
  }
  if (!has_ray_store(training.samples.kind)) {
    std::vector<std::string> allowed;
    for (const ComponentInfo& member : estimators().family().members) {
      if (has_ray_store(member.name)) allowed.push_back("\"" + member.name + "\"");
    }
    refuse("/precision/samples", training.samples.kind, join(allowed), errors);
  }
  check_batch_of_slice(run, errors);
}

}  // namespace zipml
