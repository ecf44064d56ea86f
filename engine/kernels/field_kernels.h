#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/kernels/field_layout.h"

// Integer arithmetic on rows of codes in a FieldLayout: exact, so the same on every instruction set whatever
// the order of the additions. Arrays in the order of positions are 64-byte aligned and do not overlap.
namespace zipml::kernels {

/// Largest magnitude of a model value: 127 * 256 + 127 in two balanced limbs of 8 bits, 127 in one.
constexpr std::int32_t largest_model_value(int limbs) { return limbs == 2 ? 127 * 257 : 127; }

/// Rounds a model to integers, stochastically: t = w * inverse_scale, cut to +-largest_model_value(limbs),
/// becomes floor t or the integer above, the latter where (random + 1/2) / 2^16 < t - floor t. w, random:
/// `positions` values, a multiple of 64, in the order of positions. out: limbs * positions bytes, for every
/// 64 positions their low limbs, then their high ones, each in the order of the bytes of a block. A value m
/// is 256 high + low, with low in -128..127.
void quantize_model(const float* w, const std::uint16_t* random, std::size_t positions, float inverse_scale,
                    int limbs, std::int8_t* out);

/// Which draws of the rows a kernel multiplies. Rows of one draw know `first` only.
enum class FieldDraws { first, second, both };

/// Rows of one layout, and rows that will be read soon (prefetched meanwhile), as many of them, or nullptr.
struct FieldRows {
  const std::uint8_t* const* rows;
  const std::uint8_t* const* ahead;
  std::size_t count;
};

/// out[i] = sum over columns of code * model value of row i; with both draws, those of the second follow at
/// out[count + i]. At most 65,536 columns.
void field_dots(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws, const std::int8_t* model,
                int limbs, double* out);

/// sums[p] = scale * G (or += where `add`), G = sum over rows of weight[i] * code at position p, exact; with
/// both draws plus those of the second draw by weights[rounded_count + i], rounded_count = count rounded up
/// to a multiple of 4. Weights beyond count are 0. At most 128 rows.
void field_gradient(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws,
                    const std::int8_t* weights, float scale, bool add, float* sums);

/// Largest |value| of n; infinity or NaN where one of them is not finite.
float largest_magnitude(const float* values, std::size_t n);

/// Rounds n weights to -127..127, stochastically: t = value * inverse_scale, cut to +-127, becomes floor t or
/// the integer above, the latter where unit_float(word) < t - floor t. All arrays have room for n rounded up
/// to a multiple of 16.
void round_weights(const float* values, const std::uint32_t* words, std::size_t n, float inverse_scale,
                   std::int8_t* out);

/// out = a * b, n values, a multiple of 16; 64-byte aligned.
void multiply(const float* a, const float* b, float* out, std::size_t n);

/// x -= rate * (step * (parts[0] + parts[1] + ... in this order) + low * total), n values, a multiple of 16;
/// all arrays are 64-byte aligned, count is at least 1.
void apply_gradient(const float* const* parts, std::size_t count, const float* step, const float* low,
                    float total, float rate, float* x, std::size_t n);

inline constexpr std::size_t kMostFieldColumns = 65536, kMostFieldRows = 128;

}  // namespace zipml::kernels
