#include "experiments/config/component_reader.h"

#include <algorithm>
#include <cmath>

#include "experiments/config/nearest.h"

namespace zipml {
namespace {

std::string found(const Json& value) { return "found " + brief(value); }

bool in_range(double value, const ParameterInfo& info) {
  return std::isfinite(value) && value <= info.max && (info.above_min ? value > info.min : value >= info.min);
}

// Reads one value of one parameter. Each reader returns nothing where the value is not allowed; the caller
// then says what was found and what is allowed.
std::optional<std::int64_t> read_integer(const Json& value, const ParameterInfo& info) {
  if (!value.is_number_integer()) return {};
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX}) return {};
  const auto integer = value.get<std::int64_t>();
  if (!in_range(static_cast<double>(integer), info)) return {};
  return integer;
}

std::optional<double> read_number(const Json& value, const ParameterInfo& info) {
  if (!value.is_number()) return {};
  const double number = value.get<double>() + 0.0;  // -0 becomes 0: equal numbers, equal run ids
  if (!in_range(number, info)) return {};
  return number;
}

std::optional<std::string> read_text(const Json& value, const ParameterInfo& info, bool any_word) {
  if (!value.is_string()) return {};
  const auto& text = value.get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos) return {};
  if (info.choices.empty() && any_word) return text;
  for (const std::string& choice : info.choices) {
    if (choice == text) return text;
  }
  return {};
}

template <class T, class Read>
std::optional<ParameterValue> read_list(const Json& value, const ParameterInfo& info, Read read) {
  if (!value.is_array() || value.empty()) return {};
  std::vector<T> list;
  for (const Json& entry : value) {
    const auto item = read(entry, info);
    if (!item) return {};
    list.push_back(*item);
  }
  return list;
}

template <class T>
std::optional<ParameterValue> widened(const std::optional<T>& value) {
  if (!value) return {};
  return ParameterValue(*value);
}

std::optional<ParameterValue> read_plain(const Json& value, const ParameterInfo& info) {
  switch (info.type) {
    case ParameterType::boolean:
      if (!value.is_boolean()) return {};
      return ParameterValue(value.get<bool>());
    case ParameterType::integer:
      return value.is_string() ? widened(read_text(value, info, false)) : widened(read_integer(value, info));
    case ParameterType::number:
      return value.is_string() ? widened(read_text(value, info, false)) : widened(read_number(value, info));
    case ParameterType::text:
      return widened(read_text(value, info, true));
    case ParameterType::integer_list:
      return read_list<std::int64_t>(value, info, read_integer);
    case ParameterType::number_list:
      return read_list<double>(value, info, read_number);
    case ParameterType::component:
      break;
  }
  throw std::logic_error("parameter '" + info.key + "' is not a plain one");
}

std::optional<ParameterValue> read_value(const JsonPlace& place, const ParameterInfo& info,
                                         ConfigErrors& errors) {
  if (info.type == ParameterType::component) {
    // A parameter's default also completes what is given in part: a channel's levels stay scaled by rows.
    const ComponentChoice* preferred = nullptr;
    if (info.fallback) preferred = std::get<std::shared_ptr<const ComponentChoice>>(*info.fallback).get();
    auto choice =
        read_component(place, info.family(), errors, preferred ? preferred->kind : "", {}, preferred);
    if (!choice) return {};
    return ParameterValue(std::make_shared<const ComponentChoice>(std::move(*choice)));
  }
  auto value = read_plain(place.value, info);
  if (!value) {
    std::string suggestion;
    if (place.value.is_string()) {
      suggestion = did_you_mean(place.value.get_ref<const std::string&>(), info.choices);
    }
    errors.add(place.pointer, found(place.value) + suggestion + "; allowed: " + describe_allowed(info));
  }
  return value;
}

// A default written as 1 and a config's 1.0 must give the same run.
ParameterValue normalized(ParameterValue value, const ParameterInfo& info) {
  if (info.type == ParameterType::number) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  }
  return value;
}

std::vector<std::string> parameter_names(const ComponentInfo& info) {
  std::vector<std::string> names;
  for (const ParameterInfo& parameter : info.parameters) names.push_back(parameter.key);
  return names;
}

}  // namespace

std::vector<std::string> member_names(const ComponentFamily& family) {
  std::vector<std::string> names;
  for (const ComponentInfo& member : family.members) names.push_back(member.name);
  return names;
}

bool check_members(const JsonPlace& place, const std::vector<std::string>& known, ConfigErrors& errors) {
  bool all_known = true;
  for (const auto& [key, value] : place.value.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    all_known = false;
    errors.add(child_pointer(place.pointer, key),
               "unknown member " + quote_text(key) + did_you_mean(key, known) +
                   "; allowed: " + (known.empty() ? std::string("none") : join(known)));
  }
  return all_known;
}

std::optional<Parameters> read_parameters(const JsonPlace& place, const ComponentInfo& info,
                                          ConfigErrors& errors, const std::vector<std::string>& ignored,
                                          const Parameters* preferred) {
  if (!place.value.is_object()) {
    errors.add(place.pointer, found(place.value) + "; allowed: an object");
    return {};
  }
  std::vector<std::string> known = parameter_names(info);
  known.insert(known.end(), ignored.begin(), ignored.end());
  bool good = check_members(place, known, errors);
  Parameters parameters;
  for (const ParameterInfo& parameter : info.parameters) {
    const std::string pointer = child_pointer(place.pointer, parameter.key);
    const auto member = place.value.find(parameter.key);
    if (member != place.value.end()) {
      auto value = read_value({*member, pointer}, parameter, errors);
      good = good && value;
      if (value) parameters.set(parameter.key, std::move(*value));
    } else if (preferred && preferred->has(parameter.key)) {
      parameters.set(parameter.key, normalized(preferred->at(parameter.key), parameter));
    } else if (parameter.fallback) {
      parameters.set(parameter.key, normalized(*parameter.fallback, parameter));
    } else if (!parameter.optional) {
      errors.add(pointer, "missing; \"" + info.name + "\" needs it: " + describe_allowed(parameter));
      good = false;
    }
  }
  if (!good) return {};
  return parameters;
}

std::optional<ComponentChoice> read_component(const JsonPlace& place, const ComponentFamily& family,
                                              ConfigErrors& errors, std::string_view default_kind,
                                              const std::vector<std::string>& other_members,
                                              const ComponentChoice* preferred) {
  const std::vector<std::string> names = member_names(family);
  const bool is_name = place.value.is_string();
  if (!is_name && !place.value.is_object()) {
    errors.add(place.pointer,
               found(place.value) + "; allowed: an object with \"kind\", or one of " + join(names));
    return {};
  }
  const Json given = is_name ? Json{{"kind", place.value}} : place.value;
  const auto kind = given.find("kind");
  const std::string kind_pointer = is_name ? place.pointer : child_pointer(place.pointer, "kind");
  if (kind == given.end() && default_kind.empty()) {
    errors.add(kind_pointer, "missing; allowed: " + join(names));
    return {};
  }
  if (kind != given.end() && !kind->is_string()) {
    errors.add(kind_pointer, found(*kind) + "; allowed: " + join(names));
    return {};
  }
  const std::string name = kind == given.end() ? std::string(default_kind) : kind->get<std::string>();
  const ComponentInfo* info = family.find(name);
  if (!info) {
    errors.add(kind_pointer,
               "unknown kind " + quote_text(name) + did_you_mean(name, names) + "; allowed: " + join(names));
    return {};
  }
  std::vector<std::string> ignored = other_members;
  ignored.push_back("kind");
  const Parameters* known_values = preferred && preferred->kind == name ? &preferred->parameters : nullptr;
  auto parameters = read_parameters({given, place.pointer}, *info, errors, ignored, known_values);
  if (!parameters) return {};
  return ComponentChoice{name, std::move(*parameters)};
}

}  // namespace zipml
