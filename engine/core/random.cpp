#include "engine/core/random.h"

#include "engine/core/below_bound.h"
#include "engine/core/portable_math.h"

namespace zipml {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const std::uint64_t p0 = std::uint64_t{kPhiloxMultiplier0} * c[0];
    const std::uint64_t p1 = std::uint64_t{kPhiloxMultiplier1} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p0)};
    k[0] += kPhiloxWeyl0;
    k[1] += kPhiloxWeyl1;
  }
  return c;
}

std::uint32_t draw_bits(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  return philox4x32(philox_counter(address, element / 4, draw), philox_key(address))[element % 4];
}

float draw_unit_float(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  return unit_float(draw_bits(address, element, draw));
}

double draw_unit_double(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  const std::uint64_t high = draw_bits(address, element, 2 * draw);
  const std::uint64_t low = draw_bits(address, element, 2 * draw + 1);
  return static_cast<double>(((high << 32) | low) >> 11) * 0x1p-53;
}

double draw_normal(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  return normal_quantile(draw_unit_double(address, element, draw) + 0x1p-54);
}

std::uint64_t draw_below(const DrawAddress& address, std::uint64_t element, std::uint32_t draw,
                         std::uint64_t bound) {
  const std::uint64_t high = draw_bits(address, element, 2 * draw);
  const std::uint64_t low = draw_bits(address, element, 2 * draw + 1);
  return below_bound((high << 32) | low, bound);
}

}  // namespace zipml
