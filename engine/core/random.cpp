#include "engine/core/random.h"

#include <stdexcept>

#include "engine/core/ars.h"
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
  if (address.generator == Generator::aes) {
    const auto block = ars4x32(philox_counter(address, element / 8, draw), ars_key(address), kArsRounds);
    return (block[element % 8 / 2] >> (16 * (element % 2)) << 16) | kHalfUnit;
  }
  return philox4x32(philox_counter(address, element / 4, draw), philox_key(address))[element % 4];
}

float draw_unit_float(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  return unit_float(draw_bits(address, element, draw));
}

namespace {

// 16 bits are enough for no draw but those that are compared with a share.
std::uint64_t draw_64_bits(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  if (address.generator != Generator::philox) throw std::logic_error("draws of 64 bits are Philox's");
  const std::uint64_t high = draw_bits(address, element, 2 * draw);
  return (high << 32) | draw_bits(address, element, 2 * draw + 1);
}

}  // namespace

double draw_unit_double(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  return static_cast<double>(draw_64_bits(address, element, draw) >> 11) * 0x1p-53;
}

double draw_normal(const DrawAddress& address, std::uint64_t element, std::uint32_t draw) {
  return normal_quantile(draw_unit_double(address, element, draw) + 0x1p-54);
}

std::uint64_t draw_below(const DrawAddress& address, std::uint64_t element, std::uint32_t draw,
                         std::uint64_t bound) {
  return scale_below(draw_64_bits(address, element, draw), bound);
}

}  // namespace zipml
