#include "experiments/cli/compare_levels.h"

#include <algorithm>
#include <string_view>

#include "engine/core/error.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/level_choice.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

const std::string kOption = "zipml compare: --levels";

/// Splits at commas that are in no braces, brackets or quotes.
std::vector<std::string> split_outside(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '{' || c == '[')) ++depth;
    if (!quoted && (c == '}' || c == ']')) --depth;
    if (c == ',' && depth == 0 && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

Json value_of(const std::string& text) {
  try {
    return parse_json(text, kOption);
  } catch (const InputError&) {
    return text;  // no JSON: text that needs no quotes on the command line
  }
}

/// "name{key=value,...}" as {"kind": "name", "key": value, ...}.
Json component_json(const std::string& entry) {
  const std::size_t brace = entry.find('{');
  Json json = {{"kind", entry.substr(0, brace)}};
  if (brace == std::string::npos) return json;
  if (entry.back() != '}') {
    throw InputError(kOption + ": found \"" + entry + "\"; allowed: NAME or NAME{PARAMETER=VALUE,...}");
  }
  for (const std::string& pair :
       split_outside(std::string_view(entry).substr(brace + 1, entry.size() - brace - 2))) {
    const std::size_t equals = pair.find('=');
    const std::string key = pair.substr(0, equals);
    if (equals == std::string::npos || json.contains(key)) {
      throw InputError(kOption + ": found \"" + pair + "\" in \"" + entry +
                       "\"; allowed: PARAMETER=VALUE, each parameter once");
    }
    json[key] = value_of(pair.substr(equals + 1));
  }
  return json;
}

std::vector<std::string> names_without_parameters() {
  std::vector<std::string> names;
  for (const ComponentInfo& info : level_strategies().family().members) {
    if (info.name != "given") names.push_back(info.name);
  }
  return names;
}

NamedLevels read_entry(const std::string& entry, const std::vector<int>& bits, ConfigErrors& errors) {
  const Json json = component_json(entry);
  const ComponentFamily& family = level_strategies().family();
  const std::string name = json["kind"];
  if (family.find(name) == nullptr) {
    const std::vector<std::string> known = member_names(family);
    throw InputError(kOption + ": found \"" + name + "\"" + did_you_mean(name, known) + "; allowed: all, " +
                     join(known));
  }
  const auto choice = read_component({json, "/" + name}, family, errors);
  if (!choice) return {entry, {}};
  NamedLevels levels{entry, resolve_levels(*choice, 1 << bits.front())};
  for (const int b : bits) check_level_choice("/" + name, levels.choice, 1 << b, errors);
  return levels;
}

}  // namespace

std::vector<NamedLevels> parse_levels(const std::string& text, const std::vector<int>& bits) {
  if (text == "all") return default_levels(names_without_parameters());
  ConfigErrors errors(kOption);
  std::vector<NamedLevels> levels;
  for (const std::string& entry : split_outside(text)) {
    const bool known =
        std::any_of(levels.begin(), levels.end(), [&](const NamedLevels& l) { return l.name == entry; });
    if (!known) levels.push_back(read_entry(entry, bits, errors));
  }
  errors.throw_if_any();
  return levels;
}

}  // namespace zipml
