#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/random.h"
#include "engine/kernels/field_layout.h"

namespace zipml::kernels {

/// Uniform levels of every column, low[c] + step[c] * j for j = 0..intervals, with inverse_step = 1 / step, 0
/// for a constant column. One value a column; intervals: 1 to 2^bits - 1 of the layout.
struct UniformColumns {
  const float* low;
  const float* inverse_step;
  std::uint32_t intervals;
};

/// Rounds one row of layout.cols values stochastically and writes it to `row`, layout.row_bytes() bytes at an
/// address divisible by 64. The codes are those of bracket_uniform(), random_bits() and choose() at the same
/// address, draws 0 .. layout.draws - 1, value c at element first_element + c, bit by bit. So are base and
/// choices by Philox; by AES a share of more than 1 - 2^-17 of an interval but the last is stored as the next
/// one's share 0. first_element: a multiple of 16. Nothing but the row is written, and past the caches: a
/// thread that hands rows to another calls flush_rows() first.
void quantize_fields(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                     const DrawAddress& address, std::uint64_t first_element, std::uint8_t* row);

/// The same to the nearest level, with the codes of nearest_uniform(). The layout has one draw.
void quantize_fields_nearest(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                             std::uint8_t* row);

/// Makes rows that this thread wrote visible to others before whatever it writes next.
void flush_rows();

}  // namespace zipml::kernels
