#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/matrix.h"

namespace zipml {

/// Bytes that may be read (not written) beyond the end of packed codes; every buffer has room for them.
inline constexpr std::size_t kPackSlack = 16;

/// Bytes of n packed codes of `bits` bits.
constexpr std::size_t packed_bytes(std::size_t n, int bits) {
  return (n * static_cast<std::size_t>(bits) + 7) / 8;
}

/// Packs n codes of `bits` bits (1 to 16) least significant bit first: code i occupies bits i*bits .. of out.
/// Writes packed_bytes(n, bits) bytes; the unused bits of the last one are 0. Codes must be below 2^bits.
void pack_codes(const std::uint16_t* codes, std::size_t n, int bits, std::uint8_t* out);

/// The inverse; `packed` is followed by kPackSlack readable bytes.
void unpack_codes(const std::uint8_t* packed, std::size_t n, int bits, std::uint16_t* out);

/// out[i] = codes[i] + bit i of `choices`, n values.
void add_choices(const std::uint16_t* codes, const std::uint8_t* choices, std::size_t n, std::uint16_t* out);

/// rows x cols codes of 1 to 16 bits, packed. Rows start on the largest of 64, 8 and 1 bytes, or else 1 bit,
/// that costs at most 2% of memory: wide rows can be read by vector loads, and narrow ones waste nothing.
class BitMatrix {
 public:
  /// Rows written at the same time must not share a byte: writers take whole blocks of this many rows.
  static constexpr std::size_t kRowsPerBlock = 64;

  BitMatrix() = default;
  BitMatrix(std::size_t rows, std::size_t cols, int bits);

  int bits() const { return bits_; }
  std::size_t row_bytes() const { return packed_bytes(cols_, bits_); }  ///< of one row taken out
  double bytes_per_row() const { return static_cast<double>(pitch_bits_) / 8.0; }
  std::size_t bytes() const;  ///< of the whole matrix as stored, slack excluded

  /// Writes row r from row_bytes() packed bytes, followed by kPackSlack readable ones.
  void store_row(std::size_t r, const std::uint8_t* packed);

  /// Packed bytes of row r, starting at bit 0: inside the matrix where the row starts on a byte, else copied
  /// to `buffer` (row_bytes() + kPackSlack bytes).
  const std::uint8_t* load_row(std::size_t r, std::uint8_t* buffer) const;

 private:
  std::size_t rows_ = 0, cols_ = 0, pitch_bits_ = 0;
  int bits_ = 0;
  AlignedVector<std::uint8_t> bytes_;
};

}  // namespace zipml
