#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/component.h"
#include "experiments/config/config_errors.h"
#include "experiments/config/json_reader.h"

namespace zipml {

/// A place in a config: the value and the pointer to it.
struct JsonPlace {
  const Json& value;
  std::string pointer;
};

/// {"kind": NAME, parameters...} or the short form "NAME" -> a checked choice of the family with defaults
/// filled in. Types are strict: 4.0 is no integer, true no number. Every problem is added to `errors`, and
/// the result is then empty. `default_kind` is taken where an object has no `kind`; `other_members` are
/// members of the object that somebody else reads; `preferred`, where it is of the same kind, has the values
/// of parameters that are not given.
std::optional<ComponentChoice> read_component(const JsonPlace& place, const ComponentFamily& family,
                                              ConfigErrors& errors, std::string_view default_kind = {},
                                              const std::vector<std::string>& other_members = {},
                                              const ComponentChoice* preferred = nullptr);

/// The members of an object that the description names, checked the same way. `ignored` are members that are
/// not parameters, such as "kind"; `preferred` goes before the description's own defaults.
std::optional<Parameters> read_parameters(const JsonPlace& place, const ComponentInfo& info,
                                          ConfigErrors& errors, const std::vector<std::string>& ignored = {},
                                          const Parameters* preferred = nullptr);

/// "FOUND; allowed: ..." is added for every member of the object that is not known. Returns false if there is
/// one.
bool check_members(const JsonPlace& place, const std::vector<std::string>& known, ConfigErrors& errors);

/// What the parameter may be, in words: `an integer in [1, 16]`, `a number above 0, or "tune"`.
std::string describe_allowed(const ParameterInfo& info);

/// Every parameter of the choice, defaults included. Reading it again gives an equal choice.
Json to_json(const ComponentChoice& choice);
Json to_json(const Parameters& parameters);
Json to_json(const ParameterValue& value);

/// The names of the family's members, in its order.
std::vector<std::string> member_names(const ComponentFamily& family);

}  // namespace zipml
