#include "engine/quantize/level_strategy.h"

#include "engine/quantize/uniform_levels.h"

namespace zipml {

const Registry<LevelStrategyFactory>& level_strategies() {
  static const Registry<LevelStrategyFactory> registry("levels", "where the quantization levels lie",
                                                       {
                                                           {uniform_levels_info(), make_uniform_levels},
                                                       });
  return registry;
}

}  // namespace zipml
