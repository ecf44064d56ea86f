#include "engine/core/ars.h"

#include <bit>
#include <cstddef>

namespace zipml {
namespace {

// Twice a byte in the field of AES, of polynomial x^8 + x^4 + x^3 + x + 1.
constexpr std::uint8_t twice(std::uint8_t a) {
  return static_cast<std::uint8_t>((a << 1) ^ ((a >> 7) * 0x1B));
}

constexpr std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  std::uint8_t product = 0;
  for (; b != 0; b = static_cast<std::uint8_t>(b >> 1), a = twice(a)) {
    if (b % 2 == 1) product = static_cast<std::uint8_t>(product ^ a);
  }
  return product;
}

// The S-box by its definition: the inverse, a^254, then an affine map of bits.
constexpr std::array<std::uint8_t, 256> substitution_box() {
  std::array<std::uint8_t, 256> box{};
  for (unsigned i = 0; i < 256; ++i) {
    const auto a = static_cast<std::uint8_t>(i);
    std::uint8_t inverse = 1;
    for (int k = 0; k < 254; ++k) inverse = times(inverse, a);
    box[i] = static_cast<std::uint8_t>(inverse ^ std::rotl(inverse, 1) ^ std::rotl(inverse, 2) ^
                                       std::rotl(inverse, 3) ^ std::rotl(inverse, 4) ^ 0x63);
  }
  return box;
}

AesBlock substitute_and_shift(const AesBlock& state) {
  static const std::array<std::uint8_t, 256> box = substitution_box();
  AesBlock out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = box[state[(i + i % 4 * 4) % 16]];
  return out;
}

AesBlock sum(const AesBlock& a, const AesBlock& b) {
  AesBlock out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
  return out;
}

AesBlock bytes_of(const std::array<std::uint32_t, 4>& words) {
  AesBlock out;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
  return out;
}

}  // namespace

AesBlock aes_round(const AesBlock& state, const AesBlock& round_key) {
  const AesBlock s = substitute_and_shift(state);
  AesBlock mixed;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto row = [&](std::size_t down) { return s[i / 4 * 4 + (i + down) % 4]; };
    mixed[i] = static_cast<std::uint8_t>(twice(row(0)) ^ twice(row(1)) ^ row(1) ^ row(2) ^ row(3));
  }
  return sum(mixed, round_key);
}

AesBlock aes_last_round(const AesBlock& state, const AesBlock& round_key) {
  return sum(substitute_and_shift(state), round_key);
}

std::array<std::uint32_t, 4> ars4x32(const std::array<std::uint32_t, 4>& counter,
                                     const std::array<std::uint32_t, 4>& key, int rounds) {
  std::uint64_t key0 = key[0] | (std::uint64_t{key[1]} << 32), key1 = key[2] | (std::uint64_t{key[3]} << 32);
  const auto round_key = [&] {
    return bytes_of({static_cast<std::uint32_t>(key0), static_cast<std::uint32_t>(key0 >> 32),
                     static_cast<std::uint32_t>(key1), static_cast<std::uint32_t>(key1 >> 32)});
  };
  AesBlock state = sum(bytes_of(counter), round_key());
  for (int round = 1; round <= rounds; ++round) {
    key0 += kArsWeyl0;
    key1 += kArsWeyl1;
    state = round < rounds ? aes_round(state, round_key()) : aes_last_round(state, round_key());
  }
  std::array<std::uint32_t, 4> out{};
  for (std::size_t i = 0; i < state.size(); ++i) out[i / 4] |= std::uint32_t{state[i]} << (8 * (i % 4));
  return out;
}

}  // namespace zipml
