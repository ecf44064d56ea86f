#include "engine/quantize/rounding.h"

namespace zipml {

const Registry<Rounding>& roundings() {
  static const Registry<Rounding> registry(
      "roundings", "how a value becomes one of its two neighbouring levels",
      {{{"nearest", "the closer level, ties upward; deterministic and biased"}, Rounding::nearest},
       {{"stochastic", "the upper level with the probability that makes the mean exact (section 2)"},
        Rounding::stochastic}});
  return registry;
}

std::uint32_t round_to_level(Rounding rounding, float value, const LevelSet& levels,
                             const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  if (rounding == Rounding::nearest) return levels.nearest(value);
  const LevelSet::Bracket in = levels.bracket(value);
  return in.lower + (draw_unit_float(address, element, draw) < in.upper_share ? 1u : 0u);
}

}  // namespace zipml
