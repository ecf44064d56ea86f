#include "engine/quantize/level_strategy.h"

#include "engine/quantize/adaquant_levels.h"
#include "engine/quantize/candidate_levels.h"
#include "engine/quantize/kmeans_levels.h"
#include "engine/quantize/log_levels.h"
#include "engine/quantize/optimal_levels.h"
#include "engine/quantize/quantile_levels.h"
#include "engine/quantize/released_levels.h"
#include "engine/quantize/uniform_levels.h"
#include "engine/quantize/xnor_levels.h"

namespace zipml {

const Registry<LevelStrategyFactory>& level_strategies() {
  static const Registry<LevelStrategyFactory> registry(
      "levels", "where the quantization levels lie",
      {
          {adaquant_levels_info(), make_adaquant_levels},
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
