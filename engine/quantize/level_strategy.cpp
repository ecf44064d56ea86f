#include "engine/quantize/level_strategy.h"

#include <array>

#include "engine/quantize/adaquant_levels.h"
#include "engine/quantize/candidate_levels.h"
#include "engine/quantize/given_levels.h"
#include "engine/quantize/kmeans_levels.h"
#include "engine/quantize/log_levels.h"
#include "engine/quantize/optimal_levels.h"
#include "engine/quantize/quantile_levels.h"
#include "engine/quantize/released_levels.h"
#include "engine/quantize/uniform_levels.h"
#include "engine/quantize/xnor_levels.h"

namespace zipml {
namespace {

class RangeStream final : public LevelStream {
 public:
  RangeStream(const LevelStrategy& strategy, float low, float high)
      : strategy_(strategy), range_{low, high} {}
  void add(std::span<const float>) override {}
  LevelSet levels(int count) const override { return strategy_.levels(range_, count); }

 private:
  const LevelStrategy& strategy_;
  std::array<float, 2> range_;
};

}  // namespace

std::unique_ptr<LevelStream> LevelStrategy::stream(float low, float high) const {
  if (input() != LevelInput::range) return nullptr;
  return std::make_unique<RangeStream>(*this, low, high);
}

const Registry<LevelStrategyFactory>& level_strategies() {
  static const Registry<LevelStrategyFactory> registry(
      "levels", "where the quantization levels lie",
      {
          {adaquant_levels_info(), make_adaquant_levels},
          {given_levels_info(), make_given_levels},
          {kmeans_levels_info(), make_kmeans_levels},
          {log_levels_info(), make_log_levels},
          {optimal_levels_info(), make_optimal_levels},
          {optimal_candidates_info(), make_optimal_candidates},
          {optimal_histogram_info(), make_optimal_histogram},
          {quantile_levels_info(), make_quantile_levels},
          {released_levels_info(), make_released_levels},
          {uniform_levels_info(), make_uniform_levels},
          {xnor_levels_info(), make_xnor_levels},
      });
  return registry;
}

}  // namespace zipml
