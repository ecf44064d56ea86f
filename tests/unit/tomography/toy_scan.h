#pragma once

#include <string>

#include "engine/data/dataset.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/gradient/label_store.h"
#include "engine/tomography/reconstruction.h"

namespace zipml::testing {

inline Parameters scan_parameters(const std::string& phantom, int size, int angles, int slices = 1) {
  return choose(datasets().family(), kTomography,
                {{"phantom", phantom},
                 {"size", std::int64_t{size}},
                 {"angles", std::int64_t{angles}},
                 {"slices", std::int64_t{slices}}})
      .parameters;
}

inline Scan toy_scan(const std::string& phantom, int size, int angles, int slices = 1) {
  const Parameters parameters = scan_parameters(phantom, size, angles, slices);
  return Scan(parameters, load_dataset({kTomography, parameters}, {}).train.labels);
}

/// Everything in float32, a constant step.
inline TrainingSpec full_spec(int epochs, int batch, double alpha) {
  TrainingSpec spec;
  spec.samples = choose(estimators().family(), "full");
  spec.model_channel = spec.gradient_channel = choose(channels().family(), "full");
  spec.labels = choose(label_stores().family(), "full");
  spec.solver = choose(solvers(), "sgd",
                       {{"epochs", std::int64_t{epochs}},
                        {"batch", std::int64_t{batch}},
                        {"schedule", std::string("constant")}});
  spec.engine = choose(engines(), "synchronous");
  spec.alpha = alpha;
  return spec;
}

inline ParameterValue min_max_levels() {
  return component_default(level_strategies().family(), "uniform", {{"scaling", std::string("min_max")}});
}

inline ComponentChoice rows_at(const std::string& kind, int bits) {
  return choose(estimators().family(), kind, {{"bits", std::int64_t{bits}}, {"levels", min_max_levels()}});
}

inline ComponentChoice labels_at(int bits, const std::string& rounding = "stochastic") {
  return choose(label_stores().family(), "quantized",
                {{"bits", std::int64_t{bits}}, {"levels", min_max_levels()}, {"rounding", rounding}});
}

}  // namespace zipml::testing
