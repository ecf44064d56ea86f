#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace zipml {

/// FNV-1a of 64 bits (Fowler, Noll, Vo): against accidents, not against attackers. Each step is a bijection
/// of the state, so a single changed byte is always found.
inline std::uint64_t fnv1a(std::span<const std::byte> bytes) {
  std::uint64_t state = 0xcbf29ce484222325u;
  for (const std::byte byte : bytes) state = (state ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3u;
  return state;
}

}  // namespace zipml
