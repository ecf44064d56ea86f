#pragma once

#include <span>
#include <vector>

#include "engine/core/matrix.h"

namespace zipml {

/// l2 norm of every row: what row scaling divides by (section 2).
std::vector<float> row_norms(const Matrix& matrix);

/// A row divided by its norm, in `buffer`; a norm of 0 gives zeros. Returns the buffer's values.
const float* unit_row(std::span<const float> row, float norm, AlignedVector<float>& buffer);

}  // namespace zipml
