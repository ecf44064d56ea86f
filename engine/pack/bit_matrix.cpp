#include "engine/pack/bit_matrix.h"

#include <cstring>
#include <stdexcept>

namespace zipml {
namespace {

template <int kBits>
void pack_dividing(const std::uint16_t* codes, std::size_t n, std::uint8_t* out) {
  constexpr std::size_t kPerWord = 64 / kBits;
  std::size_t i = 0;
  for (; i + kPerWord <= n; i += kPerWord, out += 8) {
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < kPerWord; ++k) word |= std::uint64_t{codes[i + k]} << (k * kBits);
    std::memcpy(out, &word, 8);
  }
  std::uint64_t word = 0;
  for (std::size_t k = 0; i + k < n; ++k) word |= std::uint64_t{codes[i + k]} << (k * kBits);
  std::memcpy(out, &word, packed_bytes(n - i, kBits));
}

template <int kBits>
void unpack_dividing(const std::uint8_t* packed, std::size_t n, std::uint16_t* out) {
  constexpr std::size_t kPerWord = 64 / kBits;
  constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;
  std::size_t i = 0;
  for (; i + kPerWord <= n; i += kPerWord, packed += 8) {
    std::uint64_t word;
    std::memcpy(&word, packed, 8);
    for (std::size_t k = 0; k < kPerWord; ++k)
      out[i + k] = static_cast<std::uint16_t>((word >> (k * kBits)) & kMask);
  }
  std::uint64_t word;
  std::memcpy(&word, packed, 8);
  for (std::size_t k = 0; i + k < n; ++k)
    out[i + k] = static_cast<std::uint16_t>((word >> (k * kBits)) & kMask);
}

void pack_any(const std::uint16_t* codes, std::size_t n, int bits, std::uint8_t* out) {
  std::uint64_t pending = 0;
  int filled = 0;
  for (std::size_t i = 0; i < n; ++i) {
    pending |= std::uint64_t{codes[i]} << filled;
    filled += bits;
    if (filled >= 32) {
      std::memcpy(out, &pending, 4);
      out += 4;
      pending >>= 32;
      filled -= 32;
    }
  }
  std::memcpy(out, &pending, static_cast<std::size_t>(filled + 7) / 8);
}

void unpack_any(const std::uint8_t* packed, std::size_t n, int bits, std::uint16_t* out) {
  const std::uint32_t mask = (std::uint32_t{1} << bits) - 1;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = i * static_cast<std::size_t>(bits);
    std::uint32_t window;
    std::memcpy(&window, packed + at / 8, 4);
    out[i] = static_cast<std::uint16_t>((window >> (at % 8)) & mask);
  }
}

// Copies `count` bits to bit position `to`, leaving the bits around them as they were. Four bytes at a time;
// both sides are followed by slack that may be read.
void copy_bits_in(std::uint8_t* target, std::size_t to, const std::uint8_t* source, std::size_t count) {
  target += to / 8;
  const std::size_t shift = to % 8, end = shift + count;
  std::uint64_t carry = target[0] & ((1u << shift) - 1);
  std::size_t done = 0;  // bits of the target, from its first byte
  for (; done + 32 <= end; done += 32, target += 4, source += 4) {
    std::uint32_t next;
    std::memcpy(&next, source, 4);
    const std::uint64_t window = (std::uint64_t{next} << shift) | carry;
    const auto low = static_cast<std::uint32_t>(window);
    std::memcpy(target, &low, 4);
    carry = window >> 32;
  }
  if (done == end) return;
  std::uint32_t next, old = 0;
  std::memcpy(&next, source, 4);
  const std::size_t rest = end - done, bytes = (rest + 7) / 8;
  std::memcpy(&old, target, bytes);
  const std::uint32_t mask = (std::uint32_t{1} << rest) - 1;
  const auto window = static_cast<std::uint32_t>((std::uint64_t{next} << shift) | carry);
  const std::uint32_t merged = (window & mask) | (old & ~mask);
  std::memcpy(target, &merged, bytes);
}

std::size_t choose_pitch(std::size_t payload_bits) {
  for (const std::size_t alignment : {std::size_t{512}, std::size_t{64}, std::size_t{8}}) {
    const std::size_t padded = round_up(payload_bits, alignment);
    if (padded * 50 <= payload_bits * 51) return padded;
  }
  return payload_bits;
}

}  // namespace

void pack_codes(const std::uint16_t* codes, std::size_t n, int bits, std::uint8_t* out) {
  switch (bits) {
    case 1:
      return pack_dividing<1>(codes, n, out);
    case 2:
      return pack_dividing<2>(codes, n, out);
    case 4:
      return pack_dividing<4>(codes, n, out);
    case 8:
      return pack_dividing<8>(codes, n, out);
    case 16:
      return pack_dividing<16>(codes, n, out);
    default:
      return pack_any(codes, n, bits, out);
  }
}

void unpack_codes(const std::uint8_t* packed, std::size_t n, int bits, std::uint16_t* out) {
  switch (bits) {
    case 1:
      return unpack_dividing<1>(packed, n, out);
    case 2:
      return unpack_dividing<2>(packed, n, out);
    case 4:
      return unpack_dividing<4>(packed, n, out);
    case 8:
      return unpack_dividing<8>(packed, n, out);
    case 16:
      return unpack_dividing<16>(packed, n, out);
    default:
      return unpack_any(packed, n, bits, out);
  }
}

void add_choices(const std::uint16_t* codes, const std::uint8_t* choices, std::size_t n, std::uint16_t* out) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const unsigned byte = choices[i / 8];
    for (unsigned k = 0; k < 8; ++k)
      out[i + k] = static_cast<std::uint16_t>(codes[i + k] + ((byte >> k) & 1u));
  }
  for (; i < n; ++i)
    out[i] = static_cast<std::uint16_t>(codes[i] + ((unsigned{choices[i / 8]} >> (i % 8)) & 1u));
}

BitMatrix::BitMatrix(std::size_t rows, std::size_t cols, int bits)
    : rows_(rows),
      cols_(cols),
      pitch_bits_(choose_pitch(cols * static_cast<std::size_t>(bits))),
      bits_(bits) {
  if (bits < 1 || bits > 16) throw std::logic_error("packed codes have 1 to 16 bits");
  bytes_.resize(bytes() + kPackSlack, 0);
}

std::size_t BitMatrix::bytes() const { return (rows_ * pitch_bits_ + 7) / 8; }

void BitMatrix::store_row(std::size_t r, const std::uint8_t* packed) {
  const std::size_t at = r * pitch_bits_;
  if (pitch_bits_ % 8 == 0) {
    std::memcpy(bytes_.data() + at / 8, packed, row_bytes());
  } else {
    copy_bits_in(bytes_.data(), at, packed, cols_ * static_cast<std::size_t>(bits_));
  }
}

const std::uint8_t* BitMatrix::load_row(std::size_t r, std::uint8_t* buffer) const {
  const std::size_t at = r * pitch_bits_, shift = at % 8;
  const std::uint8_t* source = bytes_.data() + at / 8;
  if (pitch_bits_ % 8 == 0) return source;
  for (std::size_t i = 0; i < row_bytes(); i += 4) {
    std::uint64_t window;
    std::memcpy(&window, source + i, 8);
    window >>= shift;
    std::memcpy(buffer + i, &window, 4);
  }
  return buffer;
}

}  // namespace zipml
