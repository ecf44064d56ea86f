#include "experiments/config/schema.h"

#include <cmath>
#include <map>

#include "engine/data/preprocess.h"
#include "engine/deep/network_training.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/gradient/label_store.h"
#include "engine/model/loss.h"
#include "engine/model/regularizer.h"
#include "engine/quantize/level_strategy.h"
#include "engine/solve/training.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/measurements.h"
#include "fpga_model/platform_info.h"

namespace zipml {
namespace {

Json bounded(const char* type, const ParameterInfo& info) {
  Json schema = {{"type", type}};
  if (std::isfinite(info.min)) schema[info.above_min ? "exclusiveMinimum" : "minimum"] = info.min;
  if (std::isfinite(info.max)) schema["maximum"] = info.max;
  return schema;
}

Json with_words(Json schema, const ParameterInfo& info) {
  if (info.choices.empty()) return schema;
  return {{"anyOf", {std::move(schema), Json{{"enum", info.choices}}}}};
}

Json reference(const ComponentFamily& family) { return {{"$ref", "#/$defs/" + family.name}}; }

Json either(const ComponentFamily& first, const ComponentFamily& second) {
  return {{"anyOf", {reference(first), reference(second)}}};
}

Json value_schema(const ParameterInfo& info) {
  switch (info.type) {
    case ParameterType::boolean:
      return {{"type", "boolean"}};
    case ParameterType::integer:
      return with_words(bounded("integer", info), info);
    case ParameterType::number:
      return with_words(bounded("number", info), info);
    case ParameterType::text:
      return info.choices.empty() ? Json{{"type", "string"}} : Json{{"enum", info.choices}};
    case ParameterType::integer_list:
      return {{"type", "array"}, {"items", bounded("integer", info)}};
    case ParameterType::number_list:
      return {{"type", "array"}, {"items", bounded("number", info)}};
    case ParameterType::component:
      return reference(info.family());
  }
  return Json::object();
}

// Needed parameters are not `required`: a sweep may bring them.
Json parameters_schema(const ComponentInfo& info) {
  Json properties = Json::object();
  for (const ParameterInfo& parameter : info.parameters) {
    Json schema = value_schema(parameter);
    schema["description"] = parameter.doc;
    if (parameter.fallback) schema["default"] = to_json(*parameter.fallback);
    properties[parameter.key] = std::move(schema);
  }
  return {{"type", "object"},
          {"description", info.doc},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

Json family_schema(const ComponentFamily& family, const Json& other_properties = Json::object()) {
  Json forms = Json::array({Json{{"enum", member_names(family)}}});
  for (const ComponentInfo& member : family.members) {
    Json form = parameters_schema(member);
    form["properties"]["kind"] = {{"const", member.name}};
    form["properties"].update(other_properties);
    form["required"] = {"kind"};
    forms.push_back(std::move(form));
  }
  return {{"description", family.doc}, {"anyOf", std::move(forms)}};
}

Json described(Json schema, const char* description) {
  schema["description"] = description;
  return schema;
}

Json object_schema(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json pointer_map(Json values) {
  return {{"type", "object"},
          {"propertyNames", {{"pattern", "^/"}}},
          {"additionalProperties", std::move(values)}};
}

// Families that parameters refer to, such as the level strategies.
void add_referenced(const ComponentFamily& family, std::map<std::string, const ComponentFamily*>& found) {
  for (const ComponentInfo& member : family.members) {
    for (const ParameterInfo& parameter : member.parameters) {
      if (parameter.type != ParameterType::component) continue;
      const ComponentFamily& used = parameter.family();
      if (found.emplace(used.name, &used).second) add_referenced(used, found);
    }
  }
}

Json definitions() {
  std::map<std::string, const ComponentFamily*> families;
  for (const ComponentFamily* family :
       {&datasets().family(), &estimators().family(), &channels().family(), &label_stores().family(),
        &losses().family(), &regularizers().family(), &solvers(), &engines(), &measurements(),
        &fpga::design_family(), &networks().family(), &weight_channels().family(), &network_solvers()}) {
    families.emplace(family->name, family);
    add_referenced(*family, families);
  }
  Json definitions = Json::object();
  for (const auto& [name, family] : families) {
    const bool is_model = family == &losses().family();
    const Json others = is_model ? Json{{"regularizer", reference(regularizers().family())}} : Json::object();
    definitions[name] = family_schema(*family, others);
  }
  const Json any_list = {{"type", "array"}, {"minItems", 1}};
  const Json lists = pointer_map(any_list), values = pointer_map(true);
  Json series = object_schema({{"name", {{"type", "string"}, {"pattern", "^[^\\u0000-\\u001f\\u007f]+$"}}},
                               {"set", values},
                               {"quick", values},
                               {"grid", lists},
                               {"zip", lists}});
  series["required"] = {"name"};
  Json panel = series;
  panel["properties"]["series"] = {
      {"type", "array"}, {"minItems", 1}, {"items", {{"$ref", "#/$defs/sweep_series"}}}};
  definitions["sweep_series"] = described(std::move(series), "named values, set together by JSON pointer");
  definitions["sweep_panel"] =
      described(std::move(panel), "as a series; its own series come after the common ones");
  return definitions;
}

Json sweep_schema() {
  const Json lists = pointer_map({{"type", "array"}, {"minItems", 1}});
  const auto list_of = [](const char* name) {
    return Json{{"type", "array"}, {"minItems", 1}, {"items", {{"$ref", name}}}};
  };
  return object_schema({{"grid", described(lists, "every value of a list with every value of the others")},
                        {"zip", described(lists, "the first values together, then the second ones, ...")},
                        {"series", list_of("#/$defs/sweep_series")},
                        {"panels", list_of("#/$defs/sweep_panel")}});
}

// A file, or the members of one; "file" beside them is where the others come from.
Json platform_schema() {
  Json memory = parameters_schema(fpga::memory_info());
  memory["properties"]["stall"] = parameters_schema(fpga::stall_info());
  Json platform = parameters_schema(fpga::platform_info());
  platform["properties"].update({{"file", {{"type", "string"}}},
                                 {"memory", std::move(memory)},
                                 {"input", object_schema({{"gap", parameters_schema(fpga::gap_info())}})}});
  return {{"anyOf", {Json{{"type", "string"}}, std::move(platform)}}};
}

Json fpga_schema() {
  return object_schema({{"design", reference(fpga::design_family())},
                        {"platform", described(platform_schema(),
                                               "a file of a board, relative to the config, "
                                               "or its members; default: the design's own")}});
}

Json seeds_schema() {
  const Json list = {{"type", "array"},
                     {"minItems", 1},
                     {"uniqueItems", true},
                     {"items", {{"type", "integer"}, {"minimum", 0}}}};
  return {{"anyOf", {list, Json{{"type", "integer"}, {"minimum", 1}, {"maximum", 10000}}}}, {"default", {1}}};
}

}  // namespace

std::string config_schema() {
  const Json folder_name = {{"type", "string"}, {"pattern", "^[a-z0-9][a-z0-9_-]{0,63}$"}};
  Json figure = {{"type", "object"},
                 {"properties", {{"id", folder_name}}},
                 {"required", {"id"}},
                 {"additionalProperties", {{"type", {"string", "number", "array"}}}}};
  const Json precision = object_schema({{"samples", reference(estimators().family())},
                                        {"model", reference(channels().family())},
                                        {"gradient", reference(channels().family())},
                                        {"labels", reference(label_stores().family())},
                                        {"weights", reference(weight_channels().family())}});
  Json preprocess = parameters_schema(preprocess_info());
  Json schema = object_schema(
      {{"$schema", {{"type", "string"}}},
       {"name", described(folder_name, "folder of the results")},
       {"about", {{"type", "string"}}},
       {"dataset", reference(datasets().family())},
       {"preprocess", std::move(preprocess)},
       {"model", either(losses().family(), networks().family())},
       {"precision",
        described(precision, "how samples, model and gradient travel; of networks: the weights")},
       {"solver", either(solvers(), network_solvers())},
       {"engine", reference(engines())},
       {"measure", reference(measurements())},
       {"fpga", described(fpga_schema(), "a second time axis: the engine and the board")},
       {"seeds", described(seeds_schema(), "one run for each; N means 1 to N")},
       {"sweep", described(sweep_schema(), "panels x series x grids x zips x seeds")},
       {"quick", described(pointer_map(true), "JSON pointer -> value, for the quick scale")},
       {"figure", described(std::move(figure), "for the plot scripts")}});
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "zipml config";
  schema["required"] = {"name"};
  schema["$defs"] = definitions();
  return schema.dump(1, ' ') + "\n";
}

}  // namespace zipml
