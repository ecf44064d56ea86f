#include "engine/kernels/field_reference.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "engine/core/random.h"

namespace zipml::kernels::reference {
namespace {

using BlockOfCodes = std::array<std::int32_t, FieldLayout::kBlockBytes>;

// Codes of one draw in field f of every byte of a block.
void codes_of(const FieldLayout& layout, const std::uint8_t* row, std::size_t draw, std::size_t block,
              std::size_t f, BlockOfCodes& codes) {
  const std::size_t shift = f * layout.bits;
  const std::int32_t mask = (1 << layout.bits) - 1;
  const std::uint8_t* base = row + block * FieldLayout::kBlockBytes;
  for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) codes[k] = (base[k] >> shift) & mask;
  if (layout.draws == 1) return;
  const std::uint8_t* choices = row + layout.base_bytes() + draw * layout.plane_bytes() +
                                block / layout.bits * FieldLayout::kBlockBytes;
  const std::size_t bit = shift + block % layout.bits;
  for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) codes[k] += (choices[k] >> bit) & 1;
}

std::size_t first_draw(FieldDraws draws) { return draws == FieldDraws::second ? 1 : 0; }
std::size_t last_draw(FieldDraws draws) { return draws == FieldDraws::first ? 0 : 1; }

}  // namespace

void quantize_model(const float* w, const std::uint16_t* random, std::size_t positions, float inverse_scale,
                    int limbs, std::int8_t* out) {
  const auto limit = static_cast<float>(largest_model_value(limbs));
  for (std::size_t first = 0; first < positions; first += FieldLayout::kBlockBytes) {
    std::int8_t* low = out + first * static_cast<std::size_t>(limbs);
    std::int8_t* high = low + FieldLayout::kBlockBytes;
    for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) {
      const std::size_t p = first + FieldLayout::position_in_block(k);
      const float t = std::min(std::max(w[p] * inverse_scale, -limit), limit);
      const float lower = std::floor(t);
      const float unit = (static_cast<float>(random[p]) + 0.5f) * 0x1p-16f;
      const std::int32_t m = static_cast<std::int32_t>(lower) + (unit < t - lower ? 1 : 0);
      const std::int32_t rest = limbs == 1 ? m : ((m + 128) & 255) - 128;
      low[k] = static_cast<std::int8_t>(rest);
      if (limbs == 2) high[k] = static_cast<std::int8_t>((m - rest) / 256);
    }
  }
}

void field_dots(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws, const std::int8_t* model,
                int limbs, double* out) {
  BlockOfCodes codes;
  for (std::size_t draw = first_draw(draws); draw <= last_draw(draws); ++draw) {
    for (std::size_t i = 0; i < rows.count; ++i) {
      std::int64_t total = 0;
      const std::int8_t* limb = model;
      for (std::size_t block = 0; block < layout.blocks(); ++block) {
        for (std::size_t f = 0; f < layout.fields(); ++f) {
          codes_of(layout, rows.rows[i], draw, block, f, codes);
          for (int l = 0; l < limbs; ++l, limb += FieldLayout::kBlockBytes) {
            std::int32_t sum = 0;
            for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) sum += codes[k] * limb[k];
            total += std::int64_t{sum} * (l == 0 ? 1 : 256);
          }
        }
      }
      *out++ = static_cast<double>(total);
    }
  }
}

void field_gradient(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws,
                    const std::int8_t* weights, float scale, bool add, float* sums) {
  const std::size_t rounded_count = (rows.count + 3) / 4 * 4;
  BlockOfCodes codes;
  for (std::size_t block = 0; block < layout.blocks(); ++block) {
    for (std::size_t f = 0; f < layout.fields(); ++f, sums += FieldLayout::kBlockBytes) {
      BlockOfCodes total{};
      const std::int8_t* weight = weights;
      for (std::size_t draw = first_draw(draws); draw <= last_draw(draws); ++draw, weight += rounded_count) {
        for (std::size_t i = 0; i < rows.count; ++i) {
          codes_of(layout, rows.rows[i], draw, block, f, codes);
          for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) total[k] += weight[i] * codes[k];
        }
      }
      for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) {
        float& target = sums[FieldLayout::position_in_block(k)];
        const float value = scale * static_cast<float>(total[k]);
        target = add ? target + value : value;
      }
    }
  }
}

float largest_magnitude(const float* values, std::size_t n) {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < n; ++i)
    largest = std::max(largest, std::bit_cast<std::uint32_t>(values[i]) & 0x7FFFFFFFu);
  return std::bit_cast<float>(largest);
}

void round_weights(const float* values, const std::uint32_t* words, std::size_t n, float inverse_scale,
                   std::int8_t* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const float t = std::min(std::max(values[i] * inverse_scale, -127.0f), 127.0f);
    const float lower = std::floor(t);
    out[i] = static_cast<std::int8_t>(static_cast<int>(lower) + (unit_float(words[i]) < t - lower ? 1 : 0));
  }
}

void multiply(const float* a, const float* b, float* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = a[i] * b[i];
}

void apply_gradient(const float* const* parts, std::size_t count, const float* step, const float* low,
                    float total, float rate, float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    float sum = parts[0][i];
    for (std::size_t c = 1; c < count; ++c) sum += parts[c][i];
    x[i] -= rate * (step[i] * sum + low[i] * total);
  }
}

}  // namespace zipml::kernels::reference
