#pragma once

#include <cstddef>
#include <stdexcept>

namespace zipml {

/// How a row of codes lies in memory for the integer kernels of field_kernels.h.
///
/// A block is 64 bytes; every byte holds 8 / bits codes, its fields, lowest bits first. Column c is in field
/// c mod (8 / bits) of byte c / (8 / bits): the order of pack_codes(), padded to whole blocks by zero codes.
/// With two draws the blocks hold base indices, and two planes of choice bits follow them, draw 0 first. Each
/// 64 bytes of a plane serve `bits` consecutive blocks: bit f * bits + t of byte k belongs to field f of byte
/// k in the t-th of them. So (plane >> t) & (lowest bit of every field), added to block t, is a block of
/// codes, without a carry as a base index is at most 2^bits - 2.
///
/// Models and gradients that meet such rows are arrays in the order of positions(): the order in which
/// multiplying four byte-transposed rows leaves its sums. Padding has positions too.
struct FieldLayout {
  static constexpr std::size_t kBlockBytes = 64;

  FieldLayout() = default;
  /// bits: 1, 2, 4 or 8; draws: 1 or 2.
  FieldLayout(std::size_t columns, int code_bits, int row_draws)
      : cols(columns), bits(static_cast<std::size_t>(code_bits)), draws(static_cast<std::size_t>(row_draws)) {
    if (8 % code_bits != 0 || draws < 1 || draws > 2) throw std::logic_error("no such field layout");
  }

  std::size_t cols = 0, bits = 8, draws = 1;

  std::size_t fields() const { return 8 / bits; }  ///< of a byte
  std::size_t blocks() const { return (cols + kBlockBytes * fields() - 1) / (kBlockBytes * fields()); }
  std::size_t base_bytes() const { return blocks() * kBlockBytes; }
  std::size_t plane_bytes() const { return draws == 1 ? 0 : (blocks() + bits - 1) / bits * kBlockBytes; }
  std::size_t row_bytes() const { return base_bytes() + (draws == 1 ? 0 : 2 * plane_bytes()); }
  std::size_t positions() const { return blocks() * kBlockBytes * fields(); }

  /// Where a column stands in models and gradients.
  std::size_t position(std::size_t column) const {
    const std::size_t byte = column / fields();
    return (byte / kBlockBytes * fields() + column % fields()) * kBlockBytes +
           position_in_block(byte % kBlockBytes);
  }

  /// Position of a byte of a block among the 64 positions of one of its fields.
  static constexpr std::size_t position_in_block(std::size_t byte) {
    return byte / 4 % 4 * 16 + byte / 16 * 4 + byte % 4;
  }

  /// Byte of a row and bit of that byte where a column's code begins.
  std::size_t code_byte(std::size_t column) const { return column / fields(); }
  std::size_t code_bit(std::size_t column) const { return column % fields() * bits; }

  /// Byte of a plane and bit of that byte that hold a column's choice.
  std::size_t choice_byte(std::size_t column) const {
    const std::size_t byte = column / fields();
    return byte / kBlockBytes / bits * kBlockBytes + byte % kBlockBytes;
  }
  std::size_t choice_bit(std::size_t column) const {
    return column % fields() * bits + column / fields() / kBlockBytes % bits;
  }
};

}  // namespace zipml
