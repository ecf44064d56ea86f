#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/quantize/level_strategy.h"
#include "engine/quantize/weighted_points.h"

namespace zipml {

/// Algorithm 1 (AdaQuant): starting from a breakpoint at every point, pairs neighbouring intervals, keeps the
/// `keep` pairs of largest merged error split and merges the others, until at most `intervals` remain.
/// Returns the positions of the breakpoints, ascending. Needs a point; keep <= (intervals - 1) / 2, so that
/// it ends. With keep = (1 + g) k and intervals >= 2 (1 + g) k + 1 the total variance is at most (1 + 1/g)
/// times the optimum of k intervals. Ties are kept from the left.
std::vector<std::uint32_t> adaquant_positions(const WeightedPoints& points, std::size_t keep,
                                              std::size_t intervals);

/// `adaquant`: Algorithm 1 with as many intervals as the levels allow; or, refined, its 4k + 1 intervals as
/// candidates of the dynamic program for k.
const ComponentInfo& adaquant_levels_info();
std::unique_ptr<LevelStrategy> make_adaquant_levels(const Parameters& parameters);

}  // namespace zipml
