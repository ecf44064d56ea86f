#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/random.h"

// Plain loops that say what the kernels of kernels.h compute; the tests hold every instruction set to them,
// bit by bit. Same contracts as there.
namespace zipml::kernels::reference {

float dot(const float* a, const float* b, std::size_t n);
void axpy(float alpha, const float* a, float* y, std::size_t n);
void axpy2(float alpha, const float* a, float beta, const float* b, float* y, std::size_t n);
void random_bits(const DrawAddress& address, std::uint32_t draw, std::uint64_t first_element,
                 std::uint32_t* out, std::size_t n);
void bracket_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* base, float* share);
void nearest_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* codes);
void choose(const std::uint32_t* words, const float* share, std::size_t n, std::uint8_t* bits);
void dequantize_uniform(const std::uint16_t* codes, const float* low, const float* step, std::size_t n,
                        float* out);

}  // namespace zipml::kernels::reference
