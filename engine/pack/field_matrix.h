#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/matrix.h"
#include "engine/kernels/field_layout.h"
#include "engine/kernels/lane_layout.h"

namespace zipml {

/// Bits of the narrowest field that holds codes of `bits` bits: 1, 2, 4 or 8. bits: 1 to 8.
int field_bits(int bits);

/// Bytes that kernels may read behind a row.
inline constexpr std::size_t kRowSlack = 16;

/// Codes of a matrix as kernels read them: rows in a FieldLayout or a LaneLayout, one after another; of the
/// former, each on a 64-byte boundary.
template <class Layout>
class LaidOutMatrix {
 public:
  LaidOutMatrix() = default;
  /// bits: 1, 2, 4 or 8; draws: 1 or 2. All codes are 0.
  LaidOutMatrix(std::size_t rows, std::size_t cols, int bits, int draws)
      : layout_(cols, bits, draws), row_bytes_(layout_.row_bytes()), bytes_(rows * row_bytes_ + kRowSlack) {}

  const Layout& layout() const { return layout_; }
  std::size_t bytes() const { return bytes_.empty() ? 0 : bytes_.size() - kRowSlack; }
  const std::uint8_t* row(std::size_t r) const { return bytes_.data() + r * row_bytes_; }
  std::uint8_t* row(std::size_t r) { return bytes_.data() + r * row_bytes_; }

  /// As the functions of PackedMatrix: codes or base indices of a row, and choice bits of one of its draws.
  void store_base(std::size_t r, const std::uint16_t* codes);
  void store_choices(std::size_t r, int draw, const std::uint8_t* bits);
  void load_base(std::size_t r, std::uint16_t* codes) const;
  void apply_choices(std::size_t r, int draw, const std::uint16_t* base, std::uint16_t* codes) const;

 private:
  std::uint8_t* plane(std::size_t r, int draw) {
    return row(r) + layout_.base_bytes() + static_cast<std::size_t>(draw) * layout_.plane_bytes();
  }

  Layout layout_;
  std::size_t row_bytes_ = 0;
  AlignedVector<std::uint8_t> bytes_;
};

using FieldMatrix = LaidOutMatrix<FieldLayout>;
using LaneMatrix = LaidOutMatrix<LaneLayout>;

}  // namespace zipml
