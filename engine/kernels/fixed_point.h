#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/matrix.h"
#include "engine/kernels/lane_layout.h"

// Exact integer arithmetic on rows of codes in a LaneLayout of 1, 2 or 4 bits and a model of 16-bit integers.
// A code c of `levels` stands for the odd or even integer u = 2 c - (levels - 1), so values are symmetric
// about 0. With two draws, dots read the second and updates the first.
namespace zipml::kernels {

/// Rows, what their codes stand for, and where weights stand in a model: positions go by two lines of codes,
/// so that 32 neighbours are decoded at once.
struct FixedPointShape {
  /// layout: of 1, 2 or 4 bits and at most 65,536 columns; levels: 2 to 2^bits. std::logic_error otherwise.
  FixedPointShape(const LaneLayout& rows, std::int32_t levels_count);

  LaneLayout layout;
  std::int32_t levels;
  std::size_t steps;                    ///< two lines each
  AlignedVector<std::int16_t> columns;  ///< of the last step's positions: -1 where a column is, otherwise 0
  AlignedVector<std::int16_t> values;   ///< u of the codes, again and again: 32

  std::size_t positions_of_step() const { return 2 * LaneLayout::kChunk * layout.fields(); }
  std::size_t positions() const { return steps * positions_of_step(); }
  std::size_t position(std::size_t column) const {
    const std::size_t chunk = column / LaneLayout::kChunk, line = chunk / layout.fields();
    return line / 2 * positions_of_step() + chunk % layout.fields() * 2 * LaneLayout::kChunk +
           line % 2 * LaneLayout::kChunk + column % LaneLayout::kChunk;
  }
};

inline constexpr std::size_t kFixedPointRows = 4;  ///< most rows of one call

/// 1, 2 or 4 rows, and as many that will be read soon. 16 bytes behind a row are readable.
struct FixedPointRows {
  const std::uint8_t* rows[kFixedPointRows];
  const std::uint8_t* ahead[kFixedPointRows];
  std::size_t count;
};

/// What a block of rows needs of each other: dots[k] = sum of model * u of row k, and, so that row k can be
/// scored after the updates of the rows before it, grams[j][k] = sum of u of row j, as updates read it, times
/// u of row k, as dots do, for j < k.
struct FixedPointProducts {
  std::int64_t dots[kFixedPointRows];
  std::int32_t grams[kFixedPointRows][kFixedPointRows];
};

/// model: positions() values, 64-byte aligned, 0 where there is no column.
void fixed_point_products(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* model,
                          FixedPointProducts& products);

/// model[p] -= factors[k] * u of row k, k = 0, 1, ..., each time cut to -32768..32767. |factors[k]| * (levels
/// - 1) is at most 32767.
void fixed_point_update(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* factors,
                        std::int16_t* model);

/// Largest |value| of n, a multiple of 32; 64-byte aligned.
std::int32_t fixed_point_largest(const std::int16_t* model, std::size_t n);

}  // namespace zipml::kernels
