#pragma once

#include <cstdint>

#include "engine/core/component.h"
#include "engine/core/random.h"
#include "engine/quantize/level_set.h"

namespace zipml {

/// How a value becomes one of its two neighbouring levels.
enum class Rounding {
  nearest,    ///< the closer one; ties upward. Biased unless the value is a level.
  stochastic  ///< the upper one with the probability that makes the mean the value itself (section 2)
};

/// Every rounding, by name.
const Registry<Rounding>& roundings();

/// Every generator of the draws of stochastic rounding, by name.
const Registry<Generator>& generators();

/// Code of a value: a pure function of the value, its levels and, for stochastic rounding, the draw's
/// address.
std::uint32_t round_to_level(Rounding rounding, float value, const LevelSet& levels,
                             const DrawAddress& address, std::uint64_t element, std::uint32_t draw);

}  // namespace zipml
