#include "engine/quantize/given_levels.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "engine/core/error.h"

namespace zipml {
namespace {

constexpr double kLargestFloat = std::numeric_limits<float>::max();

class GivenLevels final : public LevelStrategy {
 public:
  explicit GivenLevels(const std::vector<double>& values) : values_(values) {}

  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::none; }

  std::vector<LevelSet> given(int count) const override {
    if (const std::string problem = given_levels_problem(values_, count); !problem.empty()) {
      throw InputError("levels \"given\": " + problem);
    }
    const auto size = static_cast<std::size_t>(count);
    std::vector<LevelSet> sets;
    for (std::size_t first = 0; first < values_.size(); first += size) {
      std::vector<float> levels(size);
      std::transform(values_.begin() + static_cast<std::ptrdiff_t>(first),
                     values_.begin() + static_cast<std::ptrdiff_t>(first + size), levels.begin(),
                     [](double v) { return static_cast<float>(v); });
      sets.emplace_back(std::move(levels));
    }
    return sets;
  }

  LevelSet levels(std::span<const float>, int count) const override {
    std::vector<LevelSet> sets = given(count);
    if (sets.size() == 1) return std::move(sets.front());
    throw InputError("levels \"given\": found " + std::to_string(sets.size()) +
                     " sets of levels for one column; allowed: one");
  }

 private:
  std::vector<double> values_;
};

}  // namespace

std::string given_levels_problem(const std::vector<double>& values, int count) {
  const auto size = static_cast<std::size_t>(count);
  if (values.empty() || values.size() % size != 0) {
    return "found " + std::to_string(values.size()) + " values; allowed: " + std::to_string(count) +
           " levels, or as many for every column, one column after the other";
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % size == 0 || values[i] >= values[i - 1]) continue;
    return "found " + std::to_string(values[i]) + " after " + std::to_string(values[i - 1]) + " (value " +
           std::to_string(i + 1) + "); allowed: ascending levels";
  }
  return {};
}

const ComponentInfo& given_levels_info() {
  static const ComponentInfo info{
      "given",
      "levels given as numbers, or taken from a result file",
      {{.key = "values",
        .type = ParameterType::number_list,
        .doc =
            "the levels, ascending: one set for all columns, or the sets of all columns one after the other",
        .min = -kLargestFloat,
        .max = kLargestFloat,
        .optional = true},
       {.key = "path",
        .type = ParameterType::text,
        .doc = "a result file with /levels; they become `values`, so that a run's id depends on them alone",
        .optional = true}}};
  return info;
}

std::unique_ptr<LevelStrategy> make_given_levels(const Parameters& parameters) {
  if (!parameters.has("values")) throw std::logic_error("levels \"given\" without values");
  return std::make_unique<GivenLevels>(parameters.numbers("values"));
}

}  // namespace zipml
