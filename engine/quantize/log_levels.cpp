#include "engine/quantize/log_levels.h"

#include "engine/quantize/largest_magnitude.h"

namespace zipml {
namespace {

class LogLevels final : public LevelStrategy {
 public:
  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::range; }

  LevelSet levels(std::span<const float> values, int count) const override {
    const float bound = largest_magnitude(values);
    if (count == 2) return LevelSet({-bound, bound});
    const int powers = (count - 1) / 2;
    std::vector<float> levels;
    float power = bound;
    for (int i = 0; i < powers; ++i, power *= 0.5f) levels.push_back(-power);
    levels.push_back(0.0f);
    for (std::size_t i = static_cast<std::size_t>(powers); i > 0; --i) levels.push_back(-levels[i - 1]);
    levels.resize(static_cast<std::size_t>(count), bound);
    return LevelSet(std::move(levels));
  }
};

}  // namespace

const ComponentInfo& log_levels_info() {
  static const ComponentInfo info{"log", "0 and signed powers of two times the largest |value|"};
  return info;
}

std::unique_ptr<LevelStrategy> make_log_levels(const Parameters&) { return std::make_unique<LogLevels>(); }

}  // namespace zipml
