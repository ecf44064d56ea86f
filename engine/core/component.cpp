#include "engine/core/component.h"

#include <stdexcept>

namespace zipml {
namespace {

template <class T>
const T& get(const Parameters& parameters, std::string_view key) {
  const T* value = std::get_if<T>(&parameters.at(key));
  if (!value) throw std::logic_error("parameter '" + std::string(key) + "' has another type");
  return *value;
}

}  // namespace

void Parameters::set(std::string key, ParameterValue value) {
  values_.insert_or_assign(std::move(key), std::move(value));
}

bool Parameters::has(std::string_view key) const { return values_.find(key) != values_.end(); }

const ParameterValue& Parameters::at(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) throw std::logic_error("no parameter '" + std::string(key) + "'");
  return found->second;
}

bool Parameters::boolean(std::string_view key) const { return get<bool>(*this, key); }
std::int64_t Parameters::integer(std::string_view key) const { return get<std::int64_t>(*this, key); }

double Parameters::number(std::string_view key) const {
  if (const auto* whole = std::get_if<std::int64_t>(&at(key))) return static_cast<double>(*whole);
  return get<double>(*this, key);
}

const std::string& Parameters::text(std::string_view key) const { return get<std::string>(*this, key); }

const std::vector<std::int64_t>& Parameters::integers(std::string_view key) const {
  return get<std::vector<std::int64_t>>(*this, key);
}

const std::vector<double>& Parameters::numbers(std::string_view key) const {
  return get<std::vector<double>>(*this, key);
}

const ComponentChoice& Parameters::component(std::string_view key) const {
  return *get<std::shared_ptr<const ComponentChoice>>(*this, key);
}

bool Parameters::is_text(std::string_view key) const { return std::holds_alternative<std::string>(at(key)); }

const ComponentInfo* ComponentFamily::find(std::string_view member) const {
  for (const ComponentInfo& info : members) {
    if (info.name == member) return &info;
  }
  return nullptr;
}

void throw_unknown_component(const ComponentFamily& family, std::string_view kind) {
  throw std::logic_error("no component '" + std::string(kind) + "' in '" + family.name + "'");
}

ComponentChoice choose(const ComponentFamily& family, std::string_view kind,
                       std::vector<std::pair<std::string, ParameterValue>> given) {
  const ComponentInfo* info = family.find(kind);
  if (!info) throw_unknown_component(family, kind);
  ComponentChoice choice{std::string(kind), {}};
  for (const ParameterInfo& parameter : info->parameters) {
    if (parameter.fallback) choice.parameters.set(parameter.key, *parameter.fallback);
  }
  for (auto& [key, value] : given) {
    bool known = false;
    for (const ParameterInfo& parameter : info->parameters) known = known || parameter.key == key;
    if (!known)
      throw std::logic_error(family.name + " '" + std::string(kind) + "' has no parameter '" + key + "'");
    choice.parameters.set(key, std::move(value));
  }
  for (const ParameterInfo& parameter : info->parameters) {
    if (!parameter.optional && !choice.parameters.has(parameter.key)) {
      throw std::logic_error(family.name + " '" + std::string(kind) + "' needs '" + parameter.key + "'");
    }
  }
  return choice;
}

ParameterValue component_default(const ComponentFamily& family, std::string_view kind,
                                 std::vector<std::pair<std::string, ParameterValue>> given) {
  return std::make_shared<const ComponentChoice>(choose(family, kind, std::move(given)));
}

}  // namespace zipml
