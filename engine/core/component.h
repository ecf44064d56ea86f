#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace zipml {

// Every exchangeable part (data set, level strategy, rounding, estimator, model, ...) is described once, as
// data: its name, one line of doc and its parameters. The factory, the config check, the error messages, the
// JSON schema, `zipml list` and the contract tests all read that description.

struct ComponentChoice;

/// Value of one parameter. A component parameter holds the chosen component with its own parameters.
using ParameterValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                                    std::vector<double>, std::shared_ptr<const ComponentChoice>>;

/// Checked parameters of one component: every key is known, every value in range, defaults filled in.
/// The getters throw std::logic_error on a key or type that the description does not have: that is a bug, not
/// a user's mistake.
class Parameters {
 public:
  void set(std::string key, ParameterValue value);
  bool has(std::string_view key) const;
  const ParameterValue& at(std::string_view key) const;

  bool boolean(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  double number(std::string_view key) const;  ///< a number parameter; integers are widened
  const std::string& text(std::string_view key) const;
  const std::vector<std::int64_t>& integers(std::string_view key) const;
  const std::vector<double>& numbers(std::string_view key) const;
  const ComponentChoice& component(std::string_view key) const;
  bool is_text(std::string_view key) const;  ///< a number parameter that was given as a word, such as "tune"

  const std::map<std::string, ParameterValue, std::less<>>& values() const { return values_; }

 private:
  std::map<std::string, ParameterValue, std::less<>> values_;
};

/// A component named by its kind, with checked parameters: what a config's {"kind": ..., ...} becomes.
struct ComponentChoice {
  std::string kind;
  Parameters parameters;
};

struct ComponentFamily;

enum class ParameterType { boolean, integer, number, text, integer_list, number_list, component };

/// Description of one parameter.
struct ParameterInfo {
  std::string key;
  ParameterType type = ParameterType::number;
  std::string doc;  ///< one line, with the unit where there is one
  /// Default; none means the user must give it (or, with `optional`, may leave it out).
  std::optional<ParameterValue> fallback = {};
  double min = -std::numeric_limits<double>::infinity();  ///< inclusive bounds of numbers and list entries
  double max = std::numeric_limits<double>::infinity();
  /// text: the only values allowed (empty: any). number, integer: words accepted beside numbers, such as
  /// "tune".
  std::vector<std::string> choices = {};
  const ComponentFamily& (*family)() = nullptr;  ///< component: where the kinds are listed
  bool optional = false;                         ///< may be absent altogether
  bool above_min = false;                        ///< min itself is not allowed
};

/// Description of one component: its name in configs, one line of doc, its parameters.
struct ComponentInfo {
  std::string name;
  std::string doc;
  std::vector<ParameterInfo> parameters = {};
};

/// Description of all components of one kind, as `zipml list KIND` shows them.
struct ComponentFamily {
  std::string name;  ///< for instance "levels"
  std::string doc;
  std::vector<ComponentInfo> members = {};

  const ComponentInfo* find(std::string_view member) const;
};

/// A family together with the factories of its members, in the same order.
template <class Make>
class Registry {
 public:
  struct Entry {
    ComponentInfo info;
    Make make;
  };

  Registry(std::string name, std::string doc, std::vector<Entry> entries) {
    family_.name = std::move(name);
    family_.doc = std::move(doc);
    for (Entry& entry : entries) {
      family_.members.push_back(std::move(entry.info));
      makes_.push_back(std::move(entry.make));
    }
  }

  const ComponentFamily& family() const { return family_; }

  /// The factory of a checked choice; an unknown kind is std::logic_error (the config check comes first).
  const Make& operator[](std::string_view kind) const;

 private:
  ComponentFamily family_;
  std::vector<Make> makes_;
};

/// Throws std::logic_error: "no component 'KIND' in 'FAMILY'".
[[noreturn]] void throw_unknown_component(const ComponentFamily& family, std::string_view kind);

template <class Make>
const Make& Registry<Make>::operator[](std::string_view kind) const {
  for (std::size_t i = 0; i < makes_.size(); ++i) {
    if (family_.members[i].name == kind) return makes_[i];
  }
  throw_unknown_component(family_, kind);
}

/// A choice with the given parameters and every other one at its default; std::logic_error where the
/// description does not fit. For tests and for code that composes components without a config.
ComponentChoice choose(const ComponentFamily& family, std::string_view kind,
                       std::vector<std::pair<std::string, ParameterValue>> given = {});

/// Default of a component parameter: the given kind with its own defaults.
ParameterValue component_default(const ComponentFamily& family, std::string_view kind,
                                 std::vector<std::pair<std::string, ParameterValue>> given = {});

}  // namespace zipml
