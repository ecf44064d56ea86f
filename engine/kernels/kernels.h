#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/random.h"

// One portable source per kernel, compiled for every instruction set and chosen at run time. All of them give
// the same bits on every instruction set and as the plain loops of kernels/reference.h. Arrays need no
// alignment and do not overlap unless said; n = 0 is allowed.
namespace zipml::kernels {

/// a'b over n values: 32 partial sums (value i goes to sum i mod 32), added by a fixed tree. Never fused.
float dot(const float* a, const float* b, std::size_t n);

/// The same, while `ahead`, n values that will be read soon, is fetched into the caches. A kernel of its own,
/// as a burst of prefetches would leave the memory idle in between.
float dot_fetching(const float* a, const float* b, std::size_t n, const float* ahead);

/// y += alpha * a, n values.
void axpy(float alpha, const float* a, float* y, std::size_t n);

/// y += (alpha * a) + (beta * b), n values; the bracket is added first.
void axpy2(float alpha, const float* a, float beta, const float* b, float* y, std::size_t n);

/// out[i] = draw_bits(address, first_element + i, draw) for i < n; first_element must be a multiple of 4.
void random_bits(const DrawAddress& address, std::uint32_t draw, std::uint64_t first_element,
                 std::uint32_t* out, std::size_t n);

/// Intervals of n values on uniform levels low[i] + step[i] * j, j = 0..intervals: t = (v - low) *
/// inverse_step clamped to [0, intervals]; base = min(trunc t, intervals - 1), share = t - base, in [0, 1].
/// inverse_step 0 (a constant column) gives base 0, share 0.
void bracket_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* base, float* share);

/// Nearest uniform level of n values, ties upward: trunc(t + 1/2) with t as above, at most `intervals`.
void nearest_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* codes);

/// Bit i of `bits` (bit i mod 8 of byte i / 8) = random word i, as a unit float of 24 bits, lies below
/// share[i]. Writes ceil(n / 8) bytes; the unused bits of the last one are 0.
void choose(const std::uint32_t* words, const float* share, std::size_t n, std::uint8_t* bits);

/// out[i] = low[i] + step[i] * codes[i], n values.
void dequantize_uniform(const std::uint16_t* codes, const float* low, const float* step, std::size_t n,
                        float* out);

/// Name of the instruction set that the kernels run on, for instance "AVX2".
const char* target_name();

}  // namespace zipml::kernels
