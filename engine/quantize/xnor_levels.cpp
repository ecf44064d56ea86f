#include "engine/quantize/xnor_levels.h"

#include "engine/quantize/largest_magnitude.h"

namespace zipml {
namespace {

class XnorLevels final : public LevelStrategy {
 public:
  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::range; }

  LevelSet levels(std::span<const float> values, int count) const override {
    const float bound = largest_magnitude(values);
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
};

}  // namespace

const ComponentInfo& xnor_levels_info() {
  static const ComponentInfo info{"xnor", "equidistant levels around 0: -M, -M/2, 0, M/2, M for five"};
  return info;
}

std::unique_ptr<LevelStrategy> make_xnor_levels(const Parameters&) { return std::make_unique<XnorLevels>(); }

}  // namespace zipml
