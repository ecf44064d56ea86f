#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include "engine/core/random.h"

namespace zipml {

/// A random permutation of 0 .. size - 1 that depends on its address alone (Fisher-Yates from the numbers in
/// order).
inline void permute(std::span<std::uint32_t> order, const DrawAddress& address) {
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[draw_below(address, i - 1, 0, i)]);
}

}  // namespace zipml
