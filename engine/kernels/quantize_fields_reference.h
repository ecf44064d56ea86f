#pragma once

#include "engine/kernels/quantize_fields.h"

// Plain loops that say what the kernels of quantize_fields.h compute; same contracts as there.
namespace zipml::kernels::reference {

void quantize_fields(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                     const DrawAddress& address, std::uint64_t first_element, std::uint8_t* row);
void quantize_fields_nearest(const FieldLayout& layout, const float* values, const UniformColumns& columns,
                             std::uint8_t* row);

}  // namespace zipml::kernels::reference
