#include "engine/kernels/quantize_fields_reference.h"

#include <algorithm>

#include "engine/kernels/reference.h"

namespace zipml::kernels::reference {
namespace {

// Shares above it are certain to be rounded up by the 16 bits of a draw by AES.
constexpr float kMostShare = 1.0f - 0x1p-17f;

void add_bits(std::uint8_t& byte, unsigned bits) { byte = static_cast<std::uint8_t>(byte | bits); }

void add_code(const FieldLayout& layout, std::size_t column, unsigned code, std::uint8_t* row) {
  add_bits(row[column / layout.fields()], code << (column % layout.fields() * layout.bits));
}

}  // namespace

void quantize_fields(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                     const DrawAddress& address, std::uint64_t first_element, std::uint8_t* row) {
  std::fill_n(row, layout.row_bytes(), std::uint8_t{0});
  for (std::size_t c = 0; c < layout.cols; ++c) {
    std::uint16_t base;
    float share;
    bracket_uniform(values + c, columns.low + c, columns.inverse_step + c, columns.intervals, 1, &base,
                    &share);
    if (address.generator == Generator::aes && share > kMostShare && base + 1u < columns.intervals) {
      ++base;
      share = 0.0f;
    }
    unsigned code = base;
    for (std::size_t draw = 0; draw < layout.draws; ++draw) {
      const bool upper =
          unit_float(draw_bits(address, first_element + c, static_cast<std::uint32_t>(draw))) < share;
      if (layout.draws == 1) {
        code += upper;
      } else {
        add_bits(row[layout.base_bytes() + draw * layout.plane_bytes() + layout.choice_byte(c)],
                 unsigned{upper} << layout.choice_bit(c));
      }
    }
    add_code(layout, c, code, row);
  }
}

void quantize_fields_nearest(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                             std::uint8_t* row) {
  std::fill_n(row, layout.row_bytes(), std::uint8_t{0});
  for (std::size_t c = 0; c < layout.cols; ++c) {
    std::uint16_t code;
    nearest_uniform(values + c, columns.low + c, columns.inverse_step + c, columns.intervals, 1, &code);
    add_code(layout, c, code, row);
  }
}

}  // namespace zipml::kernels::reference
