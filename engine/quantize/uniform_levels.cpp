#include "engine/quantize/uniform_levels.h"

#include <algorithm>
#include <stdexcept>

#include "engine/quantize/largest_magnitude.h"

namespace zipml {
namespace {

class UniformLevels final : public LevelStrategy {
 public:
  UniformLevels(const std::string& scaling, bool mid_tread)
      : scales_rows_(scaling == "row"), spans_range_(scaling == "min_max"), mid_tread_(mid_tread) {}

  bool scales_rows() const override { return scales_rows_; }
  LevelInput input() const override { return scales_rows_ ? LevelInput::none : LevelInput::range; }

  LevelSet levels(std::span<const float> values, int count) const override {
    if (spans_range_ && !values.empty()) {
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      return LevelSet::uniform(*low, *high, count);
    }
    if (mid_tread_ && count % 2 == 0) --count;
    if (count < 2) throw std::invalid_argument("a mid-tread grid needs at least 3 levels (2 bits)");
    const float bound = scales_rows_ ? 1.0f : largest_magnitude(values);
    return LevelSet::uniform(-bound, bound, count);
  }

 private:
  bool scales_rows_, spans_range_, mid_tread_;
};

}  // namespace

const ComponentInfo& uniform_levels_info() {
  static const ComponentInfo info{
      "uniform",
      "equidistant levels on [-M, M], or from the smallest to the largest value",
      {{.key = "scaling",
        .type = ParameterType::text,
        .doc = "column: M = the largest |value|; row: M = the row's l2 norm (a float32 a row); min_max: the "
               "values' "
               "range",
        .fallback = std::string("column"),
        .choices = {"column", "row", "min_max"}},
       {.key = "grid",
        .type = ParameterType::text,
        .doc = "mid-rise: all 2^bits levels, none at 0; mid-tread: one level fewer, one of them at 0",
        .fallback = std::string("mid-rise"),
        .choices = {"mid-rise", "mid-tread"}}}};
  return info;
}

std::unique_ptr<LevelStrategy> make_uniform_levels(const Parameters& parameters) {
  return std::make_unique<UniformLevels>(parameters.text("scaling"), parameters.text("grid") == "mid-tread");
}

}  // namespace zipml
