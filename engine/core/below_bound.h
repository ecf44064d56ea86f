#pragma once

#include <cstdint>

namespace zipml {

/// Uniform integer in [0, bound), bound >= 1, of 64 random bits; the bias is below bound / 2^64.
constexpr std::uint64_t below_bound(std::uint64_t bits, std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{bits} * bound) >> 64);
}

}  // namespace zipml
