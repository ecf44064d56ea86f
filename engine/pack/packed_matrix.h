#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/pack/bit_matrix.h"
#include "engine/pack/field_matrix.h"

namespace zipml {

/// Buffers of one thread that reads or writes packed rows.
struct PackScratch {
  AlignedVector<std::uint8_t> bytes;
};

/// How rows of codes are stored: as small as they get, for the integer kernels (FieldLayout), or for those
/// that decode in registers (LaneLayout).
enum class RowLayout { compact, fields, lanes };

/// Codes of a rows x cols matrix in packed form, with one or more independent draws of every value.
///
/// One draw: `bits` bits a value hold its code. k >= 2 draws of one value lie in the same interval between
/// two levels, so they share its lower level: `bits` bits hold that base index, and one choice bit a draw
/// says whether the draw is the upper one (section 3, "storage"). Choice bits are stored a draw at a time,
/// each draw its own: if a decoder handed out "the lower ones first", draw 1 would be biased downwards.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// bits: 1 to 16; draws: 1 to 65535. In fields and lanes: 1 to 8 bits, kept as 1, 2, 4 or 8; 1 or 2
  /// draws.
  PackedMatrix(std::size_t rows, std::size_t cols, int bits, int draws,
               RowLayout layout = RowLayout::compact);

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  int bits() const { return bits_; }
  int draws() const { return draws_; }
  double bytes_per_row() const;  ///< as stored: base, all choices and padding
  std::size_t bytes() const;     ///< of the whole matrix as stored

  /// The rows, where they are stored as fields; else nullptr.
  const FieldMatrix* fields() const { return fields_ ? &*fields_ : nullptr; }
  FieldMatrix* fields() { return fields_ ? &*fields_ : nullptr; }

  /// The rows, where they are stored in lanes; else nullptr.
  const LaneMatrix* lanes() const { return lanes_ ? &*lanes_ : nullptr; }

  /// Writes the codes (one draw) or base indices (more) of row r; cols() values below 2^bits.
  void store_base(std::size_t r, const std::uint16_t* codes, PackScratch& scratch);

  /// Writes the choice bits of one draw of row r: ceil(cols / 8) bytes, bit i for column i,
  /// unused bits 0, followed by kPackSlack readable bytes.
  void store_choices(std::size_t r, int draw, const std::uint8_t* bits);

  /// Reads what store_base wrote.
  void load_base(std::size_t r, std::uint16_t* codes, PackScratch& scratch) const;

  /// Codes of one draw of row r, from its base indices. With one draw the codes are the base.
  void apply_choices(std::size_t r, int draw, const std::uint16_t* base, std::uint16_t* codes,
                     PackScratch& scratch) const;

 private:
  std::size_t rows_ = 0, cols_ = 0;
  int bits_ = 0, draws_ = 0;
  std::optional<FieldMatrix> fields_;
  std::optional<LaneMatrix> lanes_;
  BitMatrix base_;  // and choices_: where the rows are compact
  std::vector<BitMatrix> choices_;
};

}  // namespace zipml
