#include "engine/gradient/quantizer_parameters.h"

namespace zipml {

std::vector<ParameterInfo> quantizer_parameters(const char* default_scaling) {
  return {{.key = "bits",
           .type = ParameterType::integer,
           .doc = "bits of a code: 2^bits levels, 2^bits - 1 intervals",
           .min = 1,
           .max = 16},
          {.key = "levels_count",
           .type = ParameterType::integer,
           .doc = "number of levels, where it is not 2^bits; above 2^(bits - 1) and at most 2^bits",
           .min = 2,
           .max = kMaxLevels,
           .optional = true},
          {.key = "levels",
           .type = ParameterType::component,
           .doc = "where the levels lie",
           .fallback = component_default(level_strategies().family(), "uniform",
                                         {{"scaling", std::string(default_scaling)}}),
           .family = []() -> const ComponentFamily& { return level_strategies().family(); }}};
}

int requested_levels(const Parameters& parameters) {
  if (parameters.has("levels_count")) return static_cast<int>(parameters.integer("levels_count"));
  return 1 << parameters.integer("bits");
}

std::unique_ptr<LevelStrategy> requested_strategy(const Parameters& parameters) {
  const ComponentChoice& levels = parameters.component("levels");
  return level_strategies()[levels.kind](levels.parameters);
}

}  // namespace zipml
