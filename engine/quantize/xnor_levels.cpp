#include "engine/quantize/xnor_levels.h"

#include <cmath>
#include <string>
#include <vector>

#include "engine/quantize/largest_magnitude.h"

namespace zipml {
namespace {

float mean_magnitude(std::span<const float> values) {
  double sum = 0.0;
  for (const float v : values) sum += std::fabs(static_cast<double>(v));
  return values.empty() ? 0.0f : static_cast<float>(sum / static_cast<double>(values.size()));
}

class XnorLevels final : public LevelStrategy {
 public:
  explicit XnorLevels(bool mean) : mean_(mean) {}

  bool scales_rows() const override { return false; }
  LevelInput input() const override { return mean_ ? LevelInput::values : LevelInput::range; }

  LevelSet levels(std::span<const float> values, int count) const override {
    const float bound = mean_ ? mean_magnitude(values) : largest_magnitude(values);
    if (count == 2) return LevelSet({-bound, bound});
    const int half = (count - 1) / 2;
    std::vector<float> levels;
    for (int i = -half; i <= half; ++i) {
      // Through double: the product of bound and i must not overflow, and the ends must be bound itself.
      levels.push_back(static_cast<float>(static_cast<double>(bound) * i / half));
    }
    levels.resize(static_cast<std::size_t>(count), bound);
    return LevelSet(std::move(levels));
  }

 private:
  bool mean_;
};

}  // namespace

const ComponentInfo& xnor_levels_info() {
  static const ComponentInfo info{"xnor",
                                  "equidistant levels around 0: -M, -M/2, 0, M/2, M for five",
                                  {{.key = "scale",
                                    .type = ParameterType::text,
                                    .doc = "M: the largest or the mean |value|",
                                    .fallback = std::string("max"),
                                    .choices = {"max", "mean"}}}};
  return info;
}

std::unique_ptr<LevelStrategy> make_xnor_levels(const Parameters& parameters) {
  return std::make_unique<XnorLevels>(parameters.text("scale") == "mean");
}

}  // namespace zipml
