#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/lane_layout.h"

// Products of vectors with rows of codes in a LaneLayout, decoded to float32 in registers. The same bits as
// decoding the row first (ColumnLevels::decode) and calling dot() or axpy() of kernels.h, on every
// instruction set.
namespace zipml::kernels {

/// What codes stand for. Either low and step, one value a column: low + step * code; or a table: one for all
/// columns (stride 0), of 256 values for 8 bits, otherwise of 16, which are 2^bits values again and again; or
/// one of 2^bits values for every column, `stride` values apart.
struct LaneLevels {
  const float* low = nullptr;
  const float* step = nullptr;
  const float* table = nullptr;
  std::size_t stride = 0;
};

/// Inner product of x and one draw of a row (rows of one draw have draw 0), while `ahead`, a row that will be
/// read soon, is fetched into the caches. Here and below, vectors and what levels point to have room for cols
/// rounded up to a multiple of 16; x has zeros there, and y is not changed there.
float lane_dot(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
               const float* x, const std::uint8_t* ahead);

/// y += alpha * values of one draw, cols values.
void lane_axpy(const LaneLayout& layout, const std::uint8_t* row, std::size_t draw, const LaneLevels& levels,
               float alpha, float* y);

/// y += (alpha * first draw) + (beta * second draw), cols values; the bracket is added first.
void lane_axpy2(const LaneLayout& layout, const std::uint8_t* row, const LaneLevels& levels, float alpha,
                float beta, float* y);

}  // namespace zipml::kernels
