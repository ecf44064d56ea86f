#include "experiments/config/measurements.h"

#include <map>

namespace zipml {

const ComponentFamily& measurements() {
  static const ComponentFamily family{
      "measurements",
      "what a run measures",
      {{std::string(kTraining), "trains a model and traces its loss, epoch by epoch"},
       {std::string(kGradientError),
        "errors of single-sample gradients from quantized samples, at x = 0 and at the exact minimum, beside "
        "Lemma 1's bound",
        {{.key = "draws",
          .type = ParameterType::integer,
          .doc = "times that every sample is drawn",
          .fallback = std::int64_t{16},
          .min = 2,
          .max = 1e6}}},
       {std::string(kLevelHistogram),
        "the levels of one column of the training rows beside the histogram of its values",
        {{.key = "column",
          .type = ParameterType::integer,
          .doc = "column of the prepared features, from 1",
          .min = 1,
          .max = 1e9},
         {.key = "bins",
          .type = ParameterType::integer,
          .doc = "bins of the histogram, of equal width from the least to the largest value",
          .fallback = std::int64_t{200},
          .min = 1,
          .max = 1e6}}}}};
  return family;
}

const std::vector<std::string>& members_used(std::string_view measurement) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> members = {
      {std::string(kTraining),
       {"dataset", "preprocess", "model", "precision", "solver", "engine", "measure"}},
      {std::string(kGradientError), {"dataset", "preprocess", "model", "precision", "measure"}},
      {std::string(kLevelHistogram), {"dataset", "preprocess", "precision", "measure"}}};
  return members.find(measurement)->second;
}

}  // namespace zipml
