#include "experiments/config/measurements.h"

#include <map>

#include "fpga_model/design.h"

namespace zipml {
namespace {

std::vector<std::string> functional_designs() {
  std::vector<std::string> names;
  for (const fpga::Design* design : fpga::designs()) {
    if (design->arithmetic(1)) names.push_back(design->name());
  }
  return names;
}

ParameterInfo count(std::string key, std::string doc, std::optional<ParameterValue> fallback, double min,
                    double max) {
  return {.key = std::move(key),
          .type = ParameterType::integer,
          .doc = std::move(doc),
          .fallback = std::move(fallback),
          .min = min,
          .max = max};
}

ComponentInfo hardware_training_info() {
  return {std::string(kHardwareTraining),
          "trains least squares as a published FPGA engine does: rows in order, features scaled to [0, 1], "
          "labels to "
          "[-1, 1], constant step",
          {{.key = "design",
            .type = ParameterType::text,
            .doc = "the engine whose number formats and pipeline are used",
            .choices = functional_designs()},
           {.key = "arithmetic",
            .type = ParameterType::text,
            .doc = "hardware: the engine's own, its dot products missing the last updates; in_order: the "
                   "same numbers "
                   "without that; float64: neither, and no quantization",
            .fallback = std::string("hardware"),
            .choices = {"hardware", "in_order", "float64"}},
           count("shift", "the step size is 2^-shift", std::int64_t{10}, 0, 31),
           count("batch", "rows between two updates that the dot product sees, a power of two",
                 std::int64_t{1}, 1, 65536),
           count("epochs", "passes over the rows", std::int64_t{20}, 1, 16383),
           count("copies", "quantized copies of the rows, used in turn", std::int64_t{1}, 1, 64)}};
}

}  // namespace

const ComponentFamily& measurements() {
  static const ComponentFamily family{
      "measurements",
      "what a run measures",
      {{std::string(kTraining),
        "trains a model and traces its loss, epoch by epoch",
        {{.key = "timed",
          .type = ParameterType::boolean,
          .doc = "its seconds matter: nothing else of the same command runs beside it, and it has all the "
                 "threads; always so for Hogwild",
          .optional = true}}},
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
          .max = 1e6}}},
       hardware_training_info(),
       {std::string(kFpgaCycles),
        "cycles that the engine of `fpga` takes for a shape, without data and without training",
        {count("features", "values of a row, the bias feature included", {}, 1, 1e6),
         count("rows", "rows of an epoch", {}, 1, 1e9),
         count("epochs", "passes over the rows", std::int64_t{1}, 1, 16383),
         count("batch", "rows of a mini-batch", std::int64_t{16}, 1, 65536),
         {.key = "measured_seconds",
          .doc = "what a real board took, to be compared",
          .min = 0,
          .optional = true,
          .above_min = true},
         {.key = "measured_source",
          .type = ParameterType::text,
          .doc = "where that number comes from",
          .optional = true}}}}};
  return family;
}

const std::vector<std::string>& members_used(std::string_view measurement) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> members = {
      {std::string(kTraining),
       {"dataset", "preprocess", "model", "precision", "solver", "engine", "measure", "fpga"}},
      {std::string(kGradientError), {"dataset", "preprocess", "model", "precision", "measure"}},
      {std::string(kLevelHistogram), {"dataset", "preprocess", "precision", "measure"}},
      {std::string(kHardwareTraining), {"dataset", "preprocess", "measure"}},
      {std::string(kFpgaCycles), {"measure", "fpga"}}};
  return members.find(measurement)->second;
}

}  // namespace zipml
