#pragma once

#include <cstddef>
#include <stdexcept>

namespace zipml {

/// How a row of codes lies in memory for the kernels of lane_kernels.h, which decode 16 neighbouring columns
/// at a time in registers.
///
/// A chunk is 16 columns; a line is 16 bytes, each of which holds 8 / bits codes, its fields, lowest bits
/// first. Field f of the bytes of line l holds chunk l * (8 / bits) + f, byte j its j-th column. With two
/// draws the lines hold base indices, and two planes of choice bits follow them, draw 0 first: bit f * bits +
/// t of byte j of a plane's line m is the choice of that column whose code is field f of byte j in line m *
/// bits + t. So (plane line >> t) & (lowest bit of every field), added to a line, gives codes, without a
/// carry as a base index is at most 2^bits - 2. The last line may be filled up with zero codes.
struct LaneLayout {
  static constexpr std::size_t kLineBytes = 16, kChunk = 16;
  /// Columns of `bits` lines, whatever the bits: those whose choices lie in one line of a plane.
  static constexpr std::size_t kGroup = 128;

  LaneLayout() = default;
  /// bits: 1, 2, 4 or 8; draws: 1 or 2.
  LaneLayout(std::size_t columns, int code_bits, int row_draws)
      : cols(columns), bits(static_cast<std::size_t>(code_bits)), draws(static_cast<std::size_t>(row_draws)) {
    if (8 % code_bits != 0 || draws < 1 || draws > 2) throw std::logic_error("no such lane layout");
    const std::size_t columns_per_line = kChunk * fields();
    base_bytes_ = (cols + columns_per_line - 1) / columns_per_line * kLineBytes;
    plane_bytes_ = draws == 1 ? 0 : (cols + kGroup - 1) / kGroup * kLineBytes;
  }

  std::size_t cols = 0, bits = 8, draws = 1;

  std::size_t fields() const { return 8 / bits; }  ///< of a byte
  std::size_t base_bytes() const { return base_bytes_; }
  std::size_t plane_bytes() const { return plane_bytes_; }
  std::size_t row_bytes() const { return base_bytes() + (draws == 1 ? 0 : 2 * plane_bytes()); }

  /// Byte of a row and bit of that byte where a column's code begins.
  std::size_t code_byte(std::size_t column) const {
    return column / kChunk / fields() * kLineBytes + column % kChunk;
  }
  std::size_t code_bit(std::size_t column) const { return column / kChunk % fields() * bits; }

  /// Byte of a plane and bit of that byte that hold a column's choice.
  std::size_t choice_byte(std::size_t column) const { return column / kGroup * kLineBytes + column % kChunk; }
  std::size_t choice_bit(std::size_t column) const {
    return code_bit(column) + column / kChunk / fields() % bits;
  }

 private:
  std::size_t base_bytes_ = 0, plane_bytes_ = 0;  // kept, as dividing takes as long as some columns
};

}  // namespace zipml
