#include "engine/quantize/row_norms.h"

#include <cmath>

#include "engine/kernels/kernels.h"

namespace zipml {

std::vector<float> row_norms(const RowSource& rows) {
  std::vector<float> norms(rows.rows());
  rows.visit([&](std::size_t first, const Matrix& block) {
    for (std::size_t r = 0; r < block.rows(); ++r) {
      const auto row = block.padded_row(r);
      norms[first + r] = std::sqrt(kernels::dot(row.data(), row.data(), row.size()));
    }
  });
  return norms;
}

const float* unit_row(std::span<const float> row, float norm, AlignedVector<float>& buffer) {
  buffer.resize(row.size());
  const float inverse = norm > 0.0f ? 1.0f / norm : 0.0f;
  for (std::size_t c = 0; c < row.size(); ++c) buffer[c] = row[c] * inverse;
  return buffer.data();
}

}  // namespace zipml
