#pragma once

#include <cstddef>

namespace zipml::kernels {

/// Calls f.template operator()<bits>() with 1, 2, 4 or 8 bits, so that kernels are compiled for each width.
template <class F>
void with_bits(std::size_t bits, const F& f) {
  switch (bits) {
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
