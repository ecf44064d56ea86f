#include "engine/kernels/field_reference.h"

#include <algorithm>
#include <cmath>

namespace zipml::kernels::reference {
namespace {

// Code of one draw in field f of byte k of a block.
std::int32_t code_at(const FieldLayout& layout, const std::uint8_t* row, std::size_t draw, std::size_t block,
                     std::size_t k, std::size_t f) {
  const std::size_t shift = f * layout.bits;
  const std::int32_t base = (row[block * FieldLayout::kBlockBytes + k] >> shift) & ((1 << layout.bits) - 1);
  if (layout.draws == 1) return base;
  const std::uint8_t* plane = row + layout.base_bytes() + draw * layout.plane_bytes();
  const std::uint8_t choices = plane[block / layout.bits * FieldLayout::kBlockBytes + k];
  return base + ((choices >> (shift + block % layout.bits)) & 1);
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
  for (std::size_t draw = first_draw(draws); draw <= last_draw(draws); ++draw) {
    for (std::size_t i = 0; i < rows.count; ++i) {
      std::int64_t sum = 0;
      const std::int8_t* limb = model;
      for (std::size_t block = 0; block < layout.blocks(); ++block) {
        for (std::size_t f = 0; f < layout.fields(); ++f) {
          for (int l = 0; l < limbs; ++l, limb += FieldLayout::kBlockBytes) {
            for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) {
              sum += std::int64_t{code_at(layout, rows.rows[i], draw, block, k, f)} * limb[k] *
                     (l == 0 ? 1 : 256);
            }
          }
        }
      }
      *out++ = static_cast<double>(sum);
    }
  }
}

void field_gradient(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws,
                    const std::int8_t* weights, float scale, bool add, float* sums) {
  const std::size_t padded_count = (rows.count + 3) / 4 * 4;
  for (std::size_t block = 0; block < layout.blocks(); ++block) {
    for (std::size_t f = 0; f < layout.fields(); ++f, sums += FieldLayout::kBlockBytes) {
      for (std::size_t k = 0; k < FieldLayout::kBlockBytes; ++k) {
        std::int32_t sum = 0;
        const std::int8_t* weight = weights;
        for (std::size_t draw = first_draw(draws); draw <= last_draw(draws); ++draw, weight += padded_count) {
          for (std::size_t i = 0; i < rows.count; ++i)
            sum += weight[i] * code_at(layout, rows.rows[i], draw, block, k, f);
        }
        float& target = sums[FieldLayout::position_in_block(k)];
        const float value = scale * static_cast<float>(sum);
        target = add ? target + value : value;
      }
    }
  }
}

}  // namespace zipml::kernels::reference
