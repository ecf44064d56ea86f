#include <iostream>

#include "engine/core/error.h"
#include "engine/data/preprocess.h"
#include "engine/deep/network_training.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/gradient/label_store.h"
#include "engine/model/loss.h"
#include "engine/model/regularizer.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/rounding.h"
#include "engine/solve/training.h"
#include "experiments/cli/command_list.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/measurements.h"
#include "experiments/config/nearest.h"
#include "fpga_model/platform_info.h"

namespace zipml {
namespace {

std::vector<ComponentFamily> all_families() {
  const ComponentFamily preprocess = {
      "preprocess", "what is done to the data: members of a config's \"preprocess\"", {preprocess_info()}};
  const std::pair<const char*, const ComponentFamily&> named[] = {
      {"datasets", datasets().family()},
      {"preprocess", preprocess},
      {"levels", level_strategies().family()},
      {"roundings", roundings().family()},
      {"estimators", estimators().family()},
      {"channels", channels().family()},
      {"label_stores", label_stores().family()},
      {"models", losses().family()},
      {"regularizers", regularizers().family()},
      {"solvers", solvers()},
      {"engines", engines()},
      {"probes", probes()},
      {"measurements", measurements()},
      {"designs", fpga::design_family()},
      {"networks", networks().family()},
      {"weight_channels", weight_channels().family()},
      {"network_solvers", network_solvers()}};
  std::vector<ComponentFamily> families;
  for (const auto& [name, family] : named) {
    families.push_back(family);
    families.back().name = name;
  }
  return families;
}

std::string default_text(const ParameterInfo& parameter) {
  if (parameter.fallback) return to_json(*parameter.fallback).dump();
  return parameter.optional ? "none" : "required";
}

void print_text(const ComponentFamily& family) {
  std::cout << family.name << ": " << family.doc << "\n";
  for (const ComponentInfo& member : family.members) {
    std::cout << "  " << member.name << ": " << member.doc << "\n";
    for (const ParameterInfo& parameter : member.parameters) {
      std::cout << "    " << parameter.key << ": " << parameter.doc << "\n      "
                << describe_allowed(parameter) << "; default: " << default_text(parameter) << "\n";
    }
  }
}

// '|' ends a cell.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

void print_markdown(const ComponentFamily& family) {
  std::cout << "## " << family.name << "\n\n" << family.doc << "\n";
  for (const ComponentInfo& member : family.members) {
    std::cout << "\n### `" << member.name << "`\n\n" << member.doc << "\n";
    if (member.parameters.empty()) continue;
    std::cout << "\n| parameter | allowed | default | meaning |\n|---|---|---|---|\n";
    for (const ParameterInfo& parameter : member.parameters) {
      std::cout << "| `" << parameter.key << "` | " << cell(describe_allowed(parameter)) << " | "
                << cell(default_text(parameter)) << " | " << cell(parameter.doc) << " |\n";
    }
  }
  std::cout << "\n";
}

Json to_list(const ComponentFamily& family) {
  Json members = Json::array();
  for (const ComponentInfo& member : family.members) {
    Json parameters = Json::array();
    for (const ParameterInfo& parameter : member.parameters) {
      Json entry = {{"key", parameter.key},
                    {"doc", parameter.doc},
                    {"allowed", describe_allowed(parameter)},
                    {"required", !parameter.fallback && !parameter.optional}};
      if (parameter.fallback) entry["default"] = to_json(*parameter.fallback);
      parameters.push_back(std::move(entry));
    }
    members.push_back({{"name", member.name}, {"doc", member.doc}, {"parameters", std::move(parameters)}});
  }
  return {{"name", family.name}, {"doc", family.doc}, {"members", std::move(members)}};
}

}  // namespace

OptionParser list_options() {
  Manual manual;
  manual.command = "list";
  manual.about = "every data set, level strategy, estimator, model, solver, ...";
  manual.description = {
      "Lists everything that a config may name, with parameters, their ranges and defaults. The check of "
      "configs and the JSON schema come from the same list."};
  manual.examples = {{"zipml list estimators", "How gradients may read the samples"},
                     {"zipml list --format json", "All of it, for a program"}};
  manual.see_also = {"schema", "validate", "levels.md"};
  OptionParser parser(std::move(manual));
  std::vector<std::string> kinds;
  for (const ComponentFamily& family : all_families()) kinds.push_back(family.name);
  parser.positional(text_value("KIND", kinds), "one kind of part; all of them without it", 0, 1);
  parser.value("format", one_word({"text", "md", "json"}), "how it is written", "text");
  return parser;
}

int list_command(const ParsedOptions& options) {
  const std::string& format = options.text("format");
  std::vector<ComponentFamily> families = all_families();
  if (!options.positional().empty()) {
    const std::string& kind = options.positional()[0];
    std::vector<std::string> names;
    for (const ComponentFamily& family : families) names.push_back(family.name);
    std::erase_if(families, [&](const ComponentFamily& family) { return family.name != kind; });
    if (families.empty()) {
      throw InputError("zipml list: unknown kind \"" + kind + "\"" + did_you_mean(kind, names) +
                       "; allowed: " + join(names));
    }
  }
  Json list = Json::array();
  for (std::size_t i = 0; i < families.size(); ++i) {
    if (format == "json") list.push_back(to_list(families[i]));
    if (format == "md") print_markdown(families[i]);
    if (format == "text") std::cout << (i ? "\n" : ""), print_text(families[i]);
  }
  if (format == "json") std::cout << list.dump(1, ' ') << "\n";
  return 0;
}

}  // namespace zipml
