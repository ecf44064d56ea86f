#pragma once

#include <array>
#include <cstdint>

namespace zipml {

/// 16 bytes as AES has them: byte r + 4 c is row r, column c of the state (FIPS 197, section 3.4).
using AesBlock = std::array<std::uint8_t, 16>;

/// One inner round of AES: SubBytes, ShiftRows, MixColumns, then the round key (FIPS 197, section 5.1).
AesBlock aes_round(const AesBlock& state, const AesBlock& round_key);

/// The last round of AES, without MixColumns.
AesBlock aes_last_round(const AesBlock& state, const AesBlock& round_key);

/// ARS of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011: the AES cipher with so many
/// rounds, the last without MixColumns, and a Weyl sequence of keys in place of the key schedule. Returns the
/// block `counter` under `key`; words are little-endian.
std::array<std::uint32_t, 4> ars4x32(const std::array<std::uint32_t, 4>& counter,
                                     const std::array<std::uint32_t, 4>& key, int rounds);

/// What the two halves of a round's key grow by, the first half first.
inline constexpr std::uint64_t kArsWeyl0 = 0x9E3779B97F4A7C15u, kArsWeyl1 = 0xBB67AE8584CAA73Bu;

/// The rounds that its authors recommend. Five are the fewest that pass all of BigCrush; seven leave a
/// margin.
inline constexpr int kArsRounds = 7;

}  // namespace zipml
