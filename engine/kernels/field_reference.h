#pragma once

#include "engine/kernels/field_kernels.h"

// Plain loops that say what the kernels of field_kernels.h compute; same contracts as there.
namespace zipml::kernels::reference {

void quantize_model(const float* w, const std::uint16_t* random, std::size_t positions, float inverse_scale,
                    int limbs, std::int8_t* out);
void field_dots(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws, const std::int8_t* model,
                int limbs, double* out);
void field_gradient(const FieldLayout& layout, const FieldRows& rows, FieldDraws draws,
                    const std::int8_t* weights, float scale, bool add, float* sums);
float largest_magnitude(const float* values, std::size_t n);
void round_weights(const float* values, const std::uint32_t* words, std::size_t n, float inverse_scale,
                   std::int8_t* out);
void multiply(const float* a, const float* b, float* out, std::size_t n);
void apply_gradient(const float* const* parts, std::size_t count, const float* step, const float* low,
                    float total, float rate, float* x, std::size_t n);

}  // namespace zipml::kernels::reference
