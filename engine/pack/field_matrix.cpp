#include "engine/pack/field_matrix.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace zipml {

int field_bits(int bits) {
  if (bits < 1 || bits > 8) throw std::logic_error("fields have 1 to 8 bits");
  return static_cast<int>(std::bit_ceil(static_cast<unsigned>(bits)));
}

template <class Layout>
void LaidOutMatrix<Layout>::store_base(std::size_t r, const std::uint16_t* codes) {
  std::uint8_t* target = row(r);
  std::fill(target, target + layout_.base_bytes(), std::uint8_t{0});
  for (std::size_t c = 0; c < layout_.cols; ++c) {
    std::uint8_t& byte = target[layout_.code_byte(c)];
    byte = static_cast<std::uint8_t>(byte | unsigned{codes[c]} << layout_.code_bit(c));
  }
}

template <class Layout>
void LaidOutMatrix<Layout>::store_choices(std::size_t r, int draw, const std::uint8_t* bits) {
  std::uint8_t* target = plane(r, draw);
  std::fill(target, target + layout_.plane_bytes(), std::uint8_t{0});
  for (std::size_t c = 0; c < layout_.cols; ++c) {
    const unsigned choice = (unsigned{bits[c / 8]} >> (c % 8)) & 1u;
    std::uint8_t& byte = target[layout_.choice_byte(c)];
    byte = static_cast<std::uint8_t>(byte | choice << layout_.choice_bit(c));
  }
}

template <class Layout>
void LaidOutMatrix<Layout>::load_base(std::size_t r, std::uint16_t* codes) const {
  const std::uint8_t* source = row(r);
  const unsigned mask = (1u << layout_.bits) - 1;
  for (std::size_t c = 0; c < layout_.cols; ++c)
    codes[c] =
        static_cast<std::uint16_t>((unsigned{source[layout_.code_byte(c)]} >> layout_.code_bit(c)) & mask);
}

template <class Layout>
void LaidOutMatrix<Layout>::apply_choices(std::size_t r, int draw, const std::uint16_t* base,
                                          std::uint16_t* codes) const {
  const std::uint8_t* source =
      row(r) + layout_.base_bytes() + static_cast<std::size_t>(draw) * layout_.plane_bytes();
  for (std::size_t c = 0; c < layout_.cols; ++c) {
    const unsigned choice = (unsigned{source[layout_.choice_byte(c)]} >> layout_.choice_bit(c)) & 1u;
    codes[c] = static_cast<std::uint16_t>(base[c] + choice);
  }
}

template class LaidOutMatrix<FieldLayout>;
template class LaidOutMatrix<LaneLayout>;

}  // namespace zipml
