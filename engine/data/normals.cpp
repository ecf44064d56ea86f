#include "engine/data/normals.h"

#include <algorithm>

#include "engine/core/portable_math.h"

namespace zipml {

void fill_normals(const DrawAddress& address, std::uint64_t first, std::uint32_t draw,
                  std::span<double> out) {
  const auto key = philox_key(address);
  for (std::size_t i = 0; i < out.size(); i += 4) {
    const std::uint64_t block = (first + i) / 4;
    const auto high = philox4x32(philox_counter(address, block, 2 * draw), key);
    const auto low = philox4x32(philox_counter(address, block, 2 * draw + 1), key);
    for (std::size_t k = 0; k < std::min<std::size_t>(4, out.size() - i); ++k) {
      const std::uint64_t bits = (std::uint64_t{high[k]} << 32) | low[k];
      out[i + k] = normal_quantile(static_cast<double>(bits >> 11) * 0x1p-53 + 0x1p-54);
    }
  }
}

}  // namespace zipml
