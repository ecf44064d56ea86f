#include "engine/quantize/released_levels.h"

#include <utility>
#include <vector>

#include "engine/quantize/largest_magnitude.h"

namespace zipml {
namespace {

class ReleasedLevels final : public LevelStrategy {
 public:
  bool scales_rows() const override { return false; }
  LevelInput input() const override { return LevelInput::values; }

  LevelSet levels(std::span<const float> values, int count) const override {
    const float bound = largest_magnitude(values);
    LevelSet best = candidate(bound, 0.1, count);
    double least = squared_error(values, best);
    for (const double k : {0.2, 0.3}) {
      LevelSet other = candidate(bound, k, count);
      const double error = squared_error(values, other);
      if (error >= least) continue;
      least = error;
      best = std::move(other);
    }
    return best;
  }

 private:
  static LevelSet candidate(float bound, double k, int count) {
    const auto multiple = [&](int i) { return static_cast<float>(k * i * static_cast<double>(bound)); };
    if (count == 2) return LevelSet({multiple(-1), multiple(1)});
    std::vector<float> levels;
    const int half = (count - 1) / 2;
    for (int i = half; i > 0; --i) levels.push_back(multiple(1 - 2 * i));
    levels.push_back(0.0f);
    for (int i = 1; i <= half; ++i) levels.push_back(multiple(2 * i - 1));
    levels.resize(static_cast<std::size_t>(count), levels.back());
    return LevelSet(std::move(levels));
  }

  static double squared_error(std::span<const float> values, const LevelSet& levels) {
    double sum = 0.0;
    for (const float v : values) {
      const double distance =
          static_cast<double>(v) - static_cast<double>(levels.values()[levels.nearest(v)]);
      sum += distance * distance;
    }
    return sum;
  }
};

}  // namespace

const ComponentInfo& released_levels_info() {
  static const ComponentInfo info{
      "released", "0, k, 3k times the largest |value|, k of .1, .2, .3: the paper's released network code"};
  return info;
}

std::unique_ptr<LevelStrategy> make_released_levels(const Parameters&) {
  return std::make_unique<ReleasedLevels>();
}

}  // namespace zipml
