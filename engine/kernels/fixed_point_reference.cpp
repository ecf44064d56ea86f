#include "engine/kernels/fixed_point_reference.h"

#include <algorithm>
#include <cstdlib>

namespace zipml::kernels::reference {
namespace {

// The integer that a column's code in one draw stands for.
std::int32_t value_at(const FixedPointShape& shape, const std::uint8_t* row, std::size_t draw,
                      std::size_t column) {
  const LaneLayout& layout = shape.layout;
  const auto bit = [](std::uint8_t byte, std::size_t at) { return byte >> at; };
  std::int32_t code = bit(row[layout.code_byte(column)], layout.code_bit(column)) & ((1 << layout.bits) - 1);
  if (layout.draws == 2) {
    const std::uint8_t* plane = row + layout.base_bytes() + draw * layout.plane_bytes();
    code += bit(plane[layout.choice_byte(column)], layout.choice_bit(column)) & 1;
  }
  return 2 * code - (shape.levels - 1);
}

}  // namespace

void fixed_point_products(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* model,
                          FixedPointProducts& products) {
  const std::size_t read = shape.layout.draws - 1;
  for (std::size_t k = 0; k < rows.count; ++k) {
    products.dots[k] = 0;
    for (std::size_t j = 0; j < k; ++j) products.grams[j][k] = 0;
    for (std::size_t c = 0; c < shape.layout.cols; ++c) {
      const std::int32_t value = value_at(shape, rows.rows[k], read, c);
      products.dots[k] += std::int64_t{model[shape.position(c)]} * value;
      for (std::size_t j = 0; j < k; ++j) products.grams[j][k] += value_at(shape, rows.rows[j], 0, c) * value;
    }
  }
}

void fixed_point_update(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* factors,
                        std::int16_t* model) {
  for (std::size_t c = 0; c < shape.layout.cols; ++c) {
    std::int16_t& weight = model[shape.position(c)];
    for (std::size_t k = 0; k < rows.count; ++k) {
      const std::int32_t to = weight - factors[k] * value_at(shape, rows.rows[k], 0, c);
      weight = static_cast<std::int16_t>(std::clamp(to, -32768, 32767));
    }
  }
}

std::int32_t fixed_point_largest(const std::int16_t* model, std::size_t n) {
  std::int32_t largest = 0;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(std::int32_t{model[i]}));
  return largest;
}

}  // namespace zipml::kernels::reference
