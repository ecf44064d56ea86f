#include "engine/kernels/reference.h"

#include <algorithm>

namespace zipml::kernels::reference {

float dot(const float* a, const float* b, std::size_t n) {
  float partial[32] = {};
  for (std::size_t i = 0; i < n; ++i) partial[i % 32] += a[i] * b[i];
  for (std::size_t width = 16; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) partial[i] += partial[i + width];
  }
  return partial[0];
}

void axpy(float alpha, const float* a, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += alpha * a[i];
}

void axpy2(float alpha, const float* a, float beta, const float* b, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += (alpha * a[i]) + (beta * b[i]);
}

void random_bits(const DrawAddress& address, std::uint32_t draw, std::uint64_t first_element,
                 std::uint32_t* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = draw_bits(address, first_element + i, draw);
}

namespace {

float position(float value, float low, float inverse_step, std::uint32_t intervals) {
  // 0 comes first, so that a NaN becomes 0, as the vector forms have it.
  return std::min(std::max(0.0f, (value - low) * inverse_step), static_cast<float>(intervals));
}

}  // namespace

void bracket_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* base, float* share) {
  for (std::size_t i = 0; i < n; ++i) {
    const float t = position(values[i], low[i], inverse_step[i], intervals);
    const std::uint32_t lower = std::min(static_cast<std::uint32_t>(t), intervals - 1);
    base[i] = static_cast<std::uint16_t>(lower);
    share[i] = t - static_cast<float>(lower);
  }
}

void nearest_uniform(const float* values, const float* low, const float* inverse_step,
                     std::uint32_t intervals, std::size_t n, std::uint16_t* codes) {
  for (std::size_t i = 0; i < n; ++i) {
    const float t = position(values[i], low[i], inverse_step[i], intervals);
    codes[i] = static_cast<std::uint16_t>(std::min(static_cast<std::uint32_t>(t + 0.5f), intervals));
  }
}

void choose(const std::uint32_t* words, const float* share, std::size_t n, std::uint8_t* bits) {
  std::fill(bits, bits + (n + 7) / 8, std::uint8_t{0});
  for (std::size_t i = 0; i < n; ++i) {
    const bool upper = static_cast<float>(words[i] >> 8) * 0x1p-24f < share[i];
    bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (unsigned{upper} << (i % 8)));
  }
}

void dequantize_uniform(const std::uint16_t* codes, const float* low, const float* step, std::size_t n,
                        float* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = low[i] + step[i] * static_cast<float>(codes[i]);
}

}  // namespace zipml::kernels::reference
