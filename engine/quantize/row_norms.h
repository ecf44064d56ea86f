#pragma once

#include <span>
#include <vector>

#include "engine/core/row_source.h"

namespace zipml {

/// l2 norm of every row: what row scaling divides by (section 2).
std::vector<float> row_norms(const RowSource& rows);

/// A row divided by its norm, in `buffer`; a norm of 0 gives zeros. Returns the buffer's values.
const float* unit_row(std::span<const float> row, float norm, AlignedVector<float>& buffer);

}  // namespace zipml
