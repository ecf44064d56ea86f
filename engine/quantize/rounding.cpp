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

const Registry<Generator>& generators() {
  static const Registry<Generator> registry(
      "generators", "random numbers of stochastic rounding",
      {{{"philox", "Philox4x32-10: 32 bits a draw, of which 24 are compared"}, Generator::philox},
       {{"aes", "ARS-7, rounds of AES: 16 bits a draw, so shares are rounded to 2^-16"}, Generator::aes}});
  return registry;
}

std::uint32_t round_to_level(Rounding rounding, float value, const LevelSet& levels,
                             const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  if (rounding == Rounding::nearest) return levels.nearest(value);
  const LevelSet::Bracket in = levels.bracket(value);
  return in.lower + (draw_unit_float(address, element, draw) < in.upper_share ? 1u : 0u);
}

}  // namespace zipml
