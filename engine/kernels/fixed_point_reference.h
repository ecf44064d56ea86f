#pragma once

#include "engine/kernels/fixed_point.h"

// Plain loops that say what fixed_point.h computes, and what runs where there is nothing faster. Same
// contracts.
namespace zipml::kernels::reference {

void fixed_point_products(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* model,
                          FixedPointProducts& products);
void fixed_point_update(const FixedPointShape& shape, const FixedPointRows& rows, const std::int16_t* factors,
                        std::int16_t* model);
std::int32_t fixed_point_largest(const std::int16_t* model, std::size_t n);

}  // namespace zipml::kernels::reference
