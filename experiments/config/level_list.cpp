#include "experiments/config/level_list.h"

#include <algorithm>
#include <string_view>

#include "engine/core/error.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/level_choice.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

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
    return parse_json(text, "value");
  } catch (const InputError&) {
    return text;  // no JSON: text that needs no quotes on the command line
  }
}

class LevelListReader {
 public:
  LevelListReader(const std::vector<int>& bits, const std::string& source) : bits_(bits), errors_(source) {}

  std::vector<LevelEntry> read(std::string_view text) {
    std::vector<LevelEntry> entries;
    if (text == "all") {
      const ComponentFamily& family = level_strategies().family();
      for (const std::string& name : member_names(family)) {
        if (name != "given") entries.push_back({name, choose(family, name)});
      }
      return entries;
    }
    for (const std::string& entry : split_outside(text)) {
      const bool known =
          std::any_of(entries.begin(), entries.end(), [&](const LevelEntry& e) { return e.text == entry; });
      if (!known) entries.push_back({entry, read_entry(entry)});
    }
    errors_.throw_if_any();
    return entries;
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw InputError(errors_.file() + ": " + message);
  }

  /// "name{key=value,...}" as {"kind": "name", "key": value, ...}.
  Json component_json(const std::string& entry) const {
    const std::size_t brace = entry.find('{');
    Json json = {{"kind", entry.substr(0, brace)}};
    if (brace == std::string::npos) return json;
    if (entry.back() != '}') {
      refuse("found " + quote_text(entry) + "; allowed: NAME or NAME{PARAMETER=VALUE,...}");
    }
    const auto inner = std::string_view(entry).substr(brace + 1, entry.size() - brace - 2);
    for (const std::string& pair : split_outside(inner)) {
      const std::size_t equals = pair.find('=');
      const std::string key = pair.substr(0, equals);
      if (equals == std::string::npos || json.contains(key)) {
        refuse("found " + quote_text(pair) + " in " + quote_text(entry) +
               "; allowed: PARAMETER=VALUE, each parameter once");
      }
      json[key] = value_of(pair.substr(equals + 1));
    }
    return json;
  }

  ComponentChoice read_entry(const std::string& entry) {
    const Json json = component_json(entry);
    const ComponentFamily& family = level_strategies().family();
    const std::string name = json["kind"];
    if (family.find(name) == nullptr) {
      const std::vector<std::string> known = member_names(family);
      refuse("found " + quote_text(name) + did_you_mean(name, known) + "; allowed: all, " + join(known));
    }
    const auto choice = read_component({json, "/" + name}, family, errors_);
    if (!choice) return {};
    ComponentChoice resolved = resolve_levels(*choice, 1 << bits_.front());
    for (const int b : bits_) check_level_choice("/" + name, resolved, 1 << b, errors_);
    return resolved;
  }

  const std::vector<int>& bits_;
  ConfigErrors errors_;
};

}  // namespace

std::vector<LevelEntry> parse_level_list(std::string_view text, const std::vector<int>& bits,
                                         const std::string& source) {
  return LevelListReader(bits, source).read(text);
}

}  // namespace zipml
