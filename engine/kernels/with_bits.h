#pragma once

#include "engine/kernels/field_layout.h"

namespace zipml::kernels {

/// Calls f.template operator()<bits>() with the layout's bits, so that kernels are compiled for each width.
template <class F>
void with_bits(const FieldLayout& layout, const F& f) {
  switch (layout.bits) {
    case 1:
      return f.template operator()<1>();
    case 2:
      return f.template operator()<2>();
    case 4:
      return f.template operator()<4>();
    default:
      return f.template operator()<8>();
  }
}

}  // namespace zipml::kernels
