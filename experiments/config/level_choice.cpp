#include "experiments/config/level_choice.h"

#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/data/level_file.h"
#include "engine/data/number_text.h"
#include "engine/quantize/given_levels.h"

namespace zipml {
namespace {

// Levels become numbers of the config, which every run keeps and writes.
constexpr std::size_t kMostValues = std::size_t{1} << 17;

void check_given(const std::string& pointer, const Parameters& given, int count, ConfigErrors& errors) {
  const bool has_values = given.has("values");
  if (has_values == given.has("path")) {
    errors.add(pointer, std::string("found ") + (has_values ? "\"values\" and" : "neither \"values\" nor") +
                            " \"path\"; allowed: one of them");
    return;
  }
  if (!has_values) return;
  const std::string problem = given_levels_problem(given.numbers("values"), count);
  if (!problem.empty()) errors.add(pointer + "/values", problem);
}

}  // namespace

ComponentChoice resolve_levels(const ComponentChoice& levels, int count) {
  if (levels.kind != "given" || !levels.parameters.has("path")) return levels;
  const std::string& path = levels.parameters.text("path");
  const StoredLevels stored = load_levels(path);
  if (stored.scaled_by_rows) {
    throw InputError(path + ": its levels are relative to the norms of rows; allowed: levels of columns");
  }
  if (stored.count != static_cast<std::size_t>(count)) {
    throw InputError(path + ": has " + std::to_string(stored.count) +
                     " levels a set; allowed: " + std::to_string(count) + ", as the bits say");
  }
  if (stored.sets() * stored.count > kMostValues) {
    throw InputError(path + ": has " + std::to_string(stored.sets()) + " sets of " +
                     std::to_string(stored.count) + " levels; allowed: " + std::to_string(kMostValues) +
                     " levels in all");
  }
  std::vector<double> values;
  for (std::size_t s = 0; s < stored.sets(); ++s) {
    for (const float level : stored.set(s)) values.push_back(short_double(level) + 0.0);  // -0 becomes 0
  }
  ComponentChoice resolved{levels.kind, {}};
  resolved.parameters.set("values", std::move(values));
  return resolved;
}

void check_level_choice(const std::string& pointer, const ComponentChoice& levels, int count,
                        ConfigErrors& errors) {
  if (levels.kind == "given") return check_given(pointer, levels.parameters, count, errors);
  if (levels.kind != "uniform" || levels.parameters.text("grid") != "mid-tread") return;
  if (count < 3) {
    errors.add(pointer + "/grid", "found \"mid-tread\" with " + std::to_string(count) +
                                      " levels; allowed: at least 3 levels (2 bits), or \"mid-rise\"");
  }
  if (levels.parameters.text("scaling") == "min_max") {
    errors.add(
        pointer + "/grid",
        "found \"mid-tread\" with the scaling \"min_max\", whose levels need not lie around 0; allowed: "
        "\"mid-rise\", or another scaling");
  }
}

}  // namespace zipml
