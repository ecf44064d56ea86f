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

std::vector<ParameterInfo> sample_quantizer_parameters() {
  std::vector<ParameterInfo> parameters = quantizer_parameters("column");
  parameters.push_back(
      {.key = "columns_per_group",
       .type = ParameterType::integer,
       .doc = "neighbouring columns that share their levels; \"all\": one set for all columns",
       .fallback = std::int64_t{1},
       .min = 1,
       .max = 1e9,
       .choices = {"all"}});
  parameters.push_back({.key = "sample_rows",
                        .type = ParameterType::integer,
                        .doc =
                            "training rows, drawn by the run's seed, that levels are found on (the range is "
                            "that of all rows); 0: all",
                        .fallback = std::int64_t{0},
                        .min = 0,
                        .max = 1e12});
  return parameters;
}

ParameterInfo rounding_parameter(const std::string& values) {
  std::vector<std::string> names;
  for (const ComponentInfo& member : roundings().family().members) names.push_back(member.name);
  return {.key = "rounding",
          .type = ParameterType::text,
          .doc = "how " + values + " become levels",
          .fallback = std::string("stochastic"),
          .choices = names};
}

ParameterInfo generator_parameter() {
  std::vector<std::string> names;
  for (const ComponentInfo& member : generators().family().members) names.push_back(member.name);
  return {.key = "generator",
          .type = ParameterType::text,
          .doc =
              "random numbers that samples are rounded with; philox: 24 bits a draw; aes: faster, with "
              "shares rounded to 2^-16 (a bias of at most 2^-17 of a step)",
          .fallback = std::string("philox"),
          .choices = names};
}

LevelScope requested_scope(const Parameters& parameters, std::uint64_t seed) {
  LevelScope scope;
  scope.columns_per_group = parameters.is_text("columns_per_group")
                                ? 0
                                : static_cast<std::size_t>(parameters.integer("columns_per_group"));
  scope.sample_rows = static_cast<std::size_t>(parameters.integer("sample_rows"));
  scope.seed = seed;
  return scope;
}

Generator requested_generator(const Parameters& parameters) {
  return generators()[parameters.text("generator")];
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
