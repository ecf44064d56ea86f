#include "experiments/config/sweep.h"

#include <algorithm>
#include <cstdlib>

#include "engine/core/error.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

constexpr std::size_t kMaxPointerTokens = 32;

struct Assignment {
  std::vector<std::string> tokens;
  std::string target;
  Json value;
  std::string source;
};

using Bundle = std::vector<Assignment>;  // set together
using Axis = std::vector<Bundle>;        // one of these at a time

// The sweep itself, a panel or a series: they differ in which members they may have.
struct Node {
  std::string name;
  Bundle set;
  std::vector<Axis> axes;
  std::vector<Node> series;
};

// Names are shown in terminals, tables and figures, where a line end or an escape sequence would do harm.
bool is_shown_name(const std::string& name) {
  const auto controls = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !name.empty() && std::none_of(name.begin(), name.end(), controls);
}

class SweepReader {
 public:
  SweepReader(Scale scale, ConfigErrors& errors) : scale_(scale), errors_(errors) {}

  Node read_sweep(const JsonPlace& place, std::vector<Node>& panels) const {
    Node sweep;
    if (!place.value.is_object()) {
      errors_.add(place.pointer, "found " + brief(place.value) + "; allowed: an object");
      return sweep;
    }
    check_members(place, {"grid", "zip", "series", "panels"}, errors_);
    read_axes(place, sweep);
    sweep.series = read_nodes(place, "series", {});
    panels = read_nodes(place, "panels", member_names_of(sweep.series));
    return sweep;
  }

 private:
  static std::vector<std::string> member_names_of(const std::vector<Node>& nodes) {
    std::vector<std::string> names;
    for (const Node& node : nodes) names.push_back(node.name);
    return names;
  }

  // `common`: names of series that every panel already has.
  std::vector<Node> read_nodes(const JsonPlace& parent, const std::string& member,
                               const std::vector<std::string>& common) const {
    const auto list = parent.value.find(member);
    if (list == parent.value.end()) return {};
    const std::string pointer = child_pointer(parent.pointer, member);
    if (!list->is_array() || list->empty()) {
      errors_.add(pointer, "found " + brief(*list) + "; allowed: a list of objects, at least one");
      return {};
    }
    const bool panels = member == "panels";
    std::vector<std::string> names = panels ? std::vector<std::string>() : common;
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < list->size(); ++i) {
      Node node = read_node({(*list)[i], child_pointer(pointer, i)}, panels, common);
      if (std::find(names.begin(), names.end(), node.name) != names.end() && !node.name.empty()) {
        errors_.add(child_pointer(child_pointer(pointer, i), "name"),
                    "the name " + quote_text(node.name) + " is taken; allowed: names that differ");
      }
      names.push_back(node.name);
      nodes.push_back(std::move(node));
    }
    return nodes;
  }

  Node read_node(const JsonPlace& place, bool panel, const std::vector<std::string>& common) const {
    Node node;
    if (!place.value.is_object()) {
      errors_.add(place.pointer,
                  "found " + brief(place.value) + "; allowed: an object with \"name\" and \"set\"");
      return node;
    }
    std::vector<std::string> members = {"name", "set", "quick", "grid", "zip"};
    if (panel) members.push_back("series");
    check_members(place, members, errors_);
    const auto name = place.value.find("name");
    const std::string name_pointer = child_pointer(place.pointer, "name");
    const char* allowed = "; allowed: text that is not empty, without control characters";
    if (name == place.value.end()) {
      errors_.add(name_pointer, std::string("missing") + allowed);
    } else if (!name->is_string() || !is_shown_name(name->get_ref<const std::string&>())) {
      errors_.add(name_pointer, "found " + brief(*name) + allowed);
    } else {
      node.name = name->get<std::string>();
    }
    read_set(place, "set", node.set);
    Bundle quick;
    read_set(place, "quick", quick);
    if (scale_ == Scale::quick) node.set.insert(node.set.end(), quick.begin(), quick.end());
    read_axes(place, node);
    if (panel) node.series = read_nodes(place, "series", common);
    return node;
  }

  void read_set(const JsonPlace& parent, const std::string& member, Bundle& set) const {
    const auto object = parent.value.find(member);
    if (object == parent.value.end()) return;
    const std::string pointer = child_pointer(parent.pointer, member);
    if (!is_pointer_object(*object, pointer)) return;
    for (const auto& [target, value] : object->items()) {
      const std::string source = child_pointer(pointer, target);
      if (const auto tokens = read_target(target, source)) set.push_back({*tokens, target, value, source});
    }
  }

  void read_axes(const JsonPlace& parent, Node& node) const {
    const auto grid = parent.value.find("grid");
    if (grid != parent.value.end()) {
      for (Axis& axis : read_lists(*grid, child_pointer(parent.pointer, "grid")))
        node.axes.push_back(std::move(axis));
    }
    const auto zip = parent.value.find("zip");
    if (zip == parent.value.end()) return;
    const std::string pointer = child_pointer(parent.pointer, "zip");
    const std::vector<Axis> columns = read_lists(*zip, pointer);
    Axis joined;
    for (const Axis& column : columns) {
      if (joined.empty()) joined.resize(column.size());
      if (column.size() != joined.size()) {
        errors_.add(pointer, "found lists of " + std::to_string(joined.size()) + " and " +
                                 std::to_string(column.size()) + " values; allowed: lists of equal length");
        return;
      }
      for (std::size_t i = 0; i < column.size(); ++i) joined[i].push_back(column[i][0]);
    }
    if (!joined.empty()) node.axes.push_back(std::move(joined));
  }

  std::vector<Axis> read_lists(const Json& object, const std::string& pointer) const {
    std::vector<Axis> axes;
    if (!is_pointer_object(object, pointer)) return axes;
    for (const auto& [target, values] : object.items()) {
      const std::string source = child_pointer(pointer, target);
      const auto tokens = read_target(target, source);
      if (!values.is_array() || values.empty()) {
        errors_.add(source, "found " + brief(values) + "; allowed: a list of values, at least one");
        continue;
      }
      if (!tokens) continue;
      Axis axis;
      for (std::size_t i = 0; i < values.size(); ++i) {
        axis.push_back({{*tokens, target, values[i], child_pointer(source, i)}});
      }
      axes.push_back(std::move(axis));
    }
    return axes;
  }

  bool is_pointer_object(const Json& value, const std::string& pointer) const {
    if (value.is_object()) return true;
    errors_.add(pointer, "found " + brief(value) + "; allowed: an object whose keys are JSON pointers");
    return false;
  }

  std::optional<std::vector<std::string>> read_target(const std::string& target,
                                                      const std::string& source) const {
    try {
      std::vector<std::string> tokens = pointer_tokens(target);
      const std::vector<std::string>& known = run_members();
      if (std::find(known.begin(), known.end(), tokens[0]) != known.end()) return tokens;
      errors_.add(source, "a sweep cannot set " + quote_text(target) + did_you_mean(tokens[0], known) +
                              "; allowed: " + join(known) + ", and what is below them");
    } catch (const InputError& error) {
      errors_.add(source, error.what());
    }
    return {};
  }

  Scale scale_;
  ConfigErrors& errors_;
};

void apply(const Bundle& bundle, Variant& variant, ConfigErrors& errors) {
  for (const Assignment& assignment : bundle) {
    if (const auto problem = assign(variant.document, assignment.tokens, assignment.value)) {
      errors.add(assignment.source, *problem);
    }
    variant.origins.add(assignment.target, assignment.source);
  }
}

// Every place may be varied once, and not be set by the panel or series as well: one of the two would be lost
// without a word.
void check_overlap(const Bundle& set, const std::vector<const Axis*>& axes, ConfigErrors& errors) {
  std::vector<const Assignment*> seen;
  for (const Assignment& assignment : set) seen.push_back(&assignment);
  for (const Axis* axis : axes) {
    for (const Assignment& assignment : axis->front()) {
      for (const Assignment* other : seen) {
        if (other->target != assignment.target) continue;
        const std::string list = assignment.source.substr(0, assignment.source.rfind('/'));
        errors.add(list, assignment.target + " is also set at " + other->source + "; allowed: one of them");
      }
      seen.push_back(&assignment);
    }
  }
}

// Calls visit for one panel and one series, over the product of the axes; the last axis varies fastest.
bool visit_product(const Variant& start, const std::vector<const Axis*>& axes, ConfigErrors& errors,
                   const std::function<bool(const Variant&)>& visit) {
  std::vector<std::size_t> position(axes.size(), 0);
  while (true) {
    Variant variant = start;
    for (std::size_t i = 0; i < axes.size(); ++i) apply((*axes[i])[position[i]], variant, errors);
    if (!visit(variant)) return false;
    std::size_t i = axes.size();
    while (i > 0 && ++position[i - 1] == axes[i - 1]->size()) position[--i] = 0;
    if (i == 0) return true;
  }
}

std::size_t capped_product(const std::vector<const Axis*>& axes) {
  std::size_t product = 1;
  for (const Axis* axis : axes) product = std::min(product * axis->size(), kMaxRuns + 1);
  return product;
}

// One panel with one series, and everything that varies within.
struct Combination {
  const Node* panel;
  const Node* series;
  std::vector<const Axis*> axes;
};

std::vector<Combination> combine(const Node& sweep, const std::vector<Node>& panels) {
  static const Node kNone;
  std::vector<const Node*> all_panels;
  for (const Node& panel : panels) all_panels.push_back(&panel);
  if (panels.empty()) all_panels.push_back(&kNone);
  std::vector<Combination> combinations;
  for (const Node* panel : all_panels) {
    std::vector<const Node*> all_series;
    for (const Node& series : sweep.series) all_series.push_back(&series);
    for (const Node& series : panel->series) all_series.push_back(&series);
    if (all_series.empty()) all_series.push_back(&kNone);
    for (const Node* series : all_series) {
      Combination combination{panel, series, {}};
      for (const Node* node : {&sweep, panel, series}) {
        for (const Axis& axis : node->axes) combination.axes.push_back(&axis);
      }
      combinations.push_back(std::move(combination));
    }
  }
  return combinations;
}

}  // namespace

const std::vector<std::string>& run_members() {
  static const std::vector<std::string> members = {"dataset", "preprocess", "model",   "precision",
                                                   "solver",  "engine",     "measure", "fpga"};
  return members;
}

std::optional<std::string> assign(Json& document, const std::vector<std::string>& tokens, const Json& value) {
  if (tokens.size() > kMaxPointerTokens) {
    return "found a pointer of " + std::to_string(tokens.size()) + " steps; allowed: at most " +
           std::to_string(kMaxPointerTokens);
  }
  Json* node = &document;
  std::string path;
  for (const std::string& token : tokens) {
    if (node->is_null()) *node = Json::object();
    if (node->is_string()) *node = Json{{path == "/fpga/platform" ? "file" : "kind", *node}};
    if (node->is_array()) {
      const bool digits =
          !token.empty() && token.size() <= 6 &&
          std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
      const std::size_t index = digits ? static_cast<std::size_t>(std::atol(token.c_str())) : node->size();
      if (index >= node->size()) {
        return path + " is a list of " + std::to_string(node->size()) + " values and has no entry " +
               quote_text(token);
      }
      node = &(*node)[index];
    } else if (node->is_object()) {
      node = &(*node)[token];
    } else {
      return path + " is " + brief(*node) + ", nothing can be set inside it";
    }
    path = child_pointer(path, token);
  }
  *node = value;
  return {};
}

void expand_sweep(const Json& config, Scale scale, ConfigErrors& errors,
                  const std::function<bool(const Variant&)>& visit) {
  const std::size_t errors_before = errors.count();
  Node sweep;
  std::vector<Node> panels;
  if (config.contains("sweep"))
    sweep = SweepReader(scale, errors).read_sweep({config["sweep"], "/sweep"}, panels);
  const std::vector<Combination> combinations = combine(sweep, panels);
  std::size_t total = 0;
  for (const Combination& combination : combinations) {
    Bundle set = combination.panel->set;
    set.insert(set.end(), combination.series->set.begin(), combination.series->set.end());
    check_overlap(set, combination.axes, errors);
    total = std::min(total + capped_product(combination.axes), kMaxRuns + 1);
  }
  if (total > kMaxRuns) {
    errors.add("/sweep", "expands to more than " + std::to_string(kMaxRuns) + " runs; allowed: fewer");
  }
  if (errors.count() > errors_before) return;
  Variant base;
  base.document = Json::object();
  for (const std::string& member : run_members()) {
    if (config.contains(member)) base.document[member] = config[member];
  }
  for (const Combination& combination : combinations) {
    Variant variant = base;
    variant.panel = combination.panel->name;
    variant.series = combination.series->name;
    apply(combination.panel->set, variant, errors);
    apply(combination.series->set, variant, errors);
    if (!visit_product(variant, combination.axes, errors, visit)) return;
  }
}

}  // namespace zipml
