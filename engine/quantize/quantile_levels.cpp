#include "engine/quantize/quantile_levels.h"

#include "engine/quantize/weighted_points.h"

namespace zipml {
namespace {

class QuantileLevels final : public LevelStrategy {
 public:
  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::values; }

  LevelSet levels(std::span<const float> values, int count) const override {
    const auto size = static_cast<std::size_t>(count);
    if (values.empty()) return LevelSet(std::vector<float>(size, 0.0f));
    const std::vector<float> sorted = sorted_values(values);
    std::vector<float> levels(size);
    for (std::size_t i = 0; i < size; ++i) levels[i] = sorted[(sorted.size() - 1) * i / (size - 1)];
    return LevelSet(std::move(levels));
  }
};

}  // namespace

const ComponentInfo& quantile_levels_info() {
  static const ComponentInfo info{"quantile", "equally many values between any two levels"};
  return info;
}

std::unique_ptr<LevelStrategy> make_quantile_levels(const Parameters&) {
  return std::make_unique<QuantileLevels>();
}

}  // namespace zipml
