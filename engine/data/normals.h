#pragma once

#include <cstdint>
#include <span>

#include "engine/core/random.h"

namespace zipml {

/// out[i] = draw_normal(address, first + i, draw), with one Philox call for four values. `first` is a
/// multiple of 4.
void fill_normals(const DrawAddress& address, std::uint64_t first, std::uint32_t draw, std::span<double> out);

}  // namespace zipml
