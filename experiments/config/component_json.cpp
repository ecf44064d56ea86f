#include <charconv>
#include <cmath>
#include <type_traits>

#include "experiments/config/component_reader.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

std::string number_text(double value) {
  char buffer[32];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return code == std::errc{} ? std::string(buffer, end) : std::string("?");
}

// " in [0, 1]", " above 0", ...
std::string describe_range(const ParameterInfo& info) {
  const bool low = std::isfinite(info.min), high = std::isfinite(info.max);
  const std::string bracket = info.above_min ? "(" : "[";
  if (low && high) return " in " + bracket + number_text(info.min) + ", " + number_text(info.max) + "]";
  if (low) return (info.above_min ? " above " : " of at least ") + number_text(info.min);
  if (high) return " of at most " + number_text(info.max);
  return {};
}

// The same for the entries of a list.
std::string each(const ParameterInfo& info) {
  const std::string range = describe_range(info);
  return range.empty() ? range : ", each" + range;
}

std::string describe_words(const ParameterInfo& info, const std::string& prefix) {
  std::vector<std::string> words;
  for (const std::string& choice : info.choices) words.push_back("\"" + choice + "\"");
  return words.empty() ? std::string() : prefix + join(words);
}

}  // namespace

std::string describe_allowed(const ParameterInfo& info) {
  switch (info.type) {
    case ParameterType::boolean:
      return "true or false";
    case ParameterType::integer:
      return "an integer" + describe_range(info) + describe_words(info, ", or ");
    case ParameterType::number:
      return "a number" + describe_range(info) + describe_words(info, ", or ");
    case ParameterType::text:
      return info.choices.empty() ? "text" : describe_words(info, "");
    case ParameterType::integer_list:
      return "a list of at least one integer" + each(info);
    case ParameterType::number_list:
      return "a list of at least one number" + each(info);
    case ParameterType::component:
      return "an object with \"kind\", or one of " + join(member_names(info.family()));
  }
  return {};
}

Json to_json(const ParameterValue& value) {
  return std::visit(
      [](const auto& held) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::shared_ptr<const ComponentChoice>>) {
          return to_json(*held);
        } else {
          return held;
        }
      },
      value);
}

Json to_json(const Parameters& parameters) {
  Json object = Json::object();
  for (const auto& [key, value] : parameters.values()) object[key] = to_json(value);
  return object;
}

Json to_json(const ComponentChoice& choice) {
  Json object = to_json(choice.parameters);
  object["kind"] = choice.kind;
  return object;
}

}  // namespace zipml
