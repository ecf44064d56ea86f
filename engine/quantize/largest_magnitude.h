#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace zipml {

/// The M of column scaling (section 2): the largest |value|, and 0 without values.
inline float largest_magnitude(std::span<const float> values) {
  float bound = 0.0f;
  for (const float v : values) bound = std::max(bound, std::fabs(v));
  return bound;
}

}  // namespace zipml
