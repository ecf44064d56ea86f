#pragma once

#include <array>
#include <cstdint>

namespace zipml {

/// What a random draw is for. Part of every draw's address, so that no two uses share their numbers.
/// The values are part of the reproducibility contract: never renumber, only append.
enum class Stream : std::uint16_t {
  permutation = 1,         ///< order of the rows of an epoch
  sample_rounding = 2,     ///< Q1, Q2, ...: stochastic rounding of the samples
  model_rounding = 3,      ///< Q3
  gradient_rounding = 4,   ///< Q4
  sample_arrangement = 5,  ///< which of a value's draws are its upper ones, where only their number is stored
  sketch_signs = 6,        ///< the shared random signs of Johnson-Lindenstrauss sketches
  label_rounding = 9,      ///< labels as a label store holds them
  generate_features = 16,
  generate_labels = 17,
  generate_model = 18,
  generate_structure = 19,
  bootstrap = 32,
  level_sample = 40,         ///< rows that levels are found on
  histogram_bucketing = 41,  ///< edges of a histogram that values are moved to
  network_weights = 42,      ///< initial weights of a network
  weight_rounding = 43,      ///< stochastic rounding of a network's weights
};

/// What computes the bits at an address. `aes` gives 16 random bits a draw, for draws that are compared with
/// a share: see draw_bits(). Everything but the rounding of samples is `philox`.
enum class Generator : std::uint8_t { philox, aes };

/// Address of a family of draws; (element, draw) complete it. The value at an address is a pure function of
/// it.
struct DrawAddress {
  std::uint64_t seed = 0;
  Stream stream = Stream::permutation;
  std::uint32_t epoch = 0;
  Generator generator = Generator::philox;
};

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
/// Returns the 4 words of block `counter` under `key`.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// The bits at (address, element, draw); `draw` < 2^16.
/// philox: 32 random bits; elements 4i .. 4i+3 are the four words of one Philox4x32-10 block.
/// aes: 16 random bits and then a one and 15 zeros; elements 8i .. 8i+7 are the eight 16-bit words of one
/// ARS-7 block (engine/core/ars.h). So unit_float() is r + 1/2 in units of 2^-16, r = 0 .. 2^16 - 1, and lies
/// below a share with the probability (share rounded to the nearest 2^-16, ties down): what is rounded up
/// with it has a bias of at most 2^-17 of a step, and none where the share is 0 or 1.
std::uint32_t draw_bits(const DrawAddress& address, std::uint64_t element, std::uint32_t draw);

/// The unit float of 32 random bits: uniform on [0, 1), a multiple of 2^-24, exact in float32.
constexpr float unit_float(std::uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }

/// unit_float of the bits at (address, element, draw).
float draw_unit_float(const DrawAddress& address, std::uint64_t element, std::uint32_t draw);

/// Uniform on [0, 1), 53 bits, by Philox, from draws 2*draw and 2*draw + 1 of the element.
double draw_unit_double(const DrawAddress& address, std::uint64_t element, std::uint32_t draw);

/// Standard normal: the normal quantile of draw_unit_double.
double draw_normal(const DrawAddress& address, std::uint64_t element, std::uint32_t draw);

/// Integer in [0, bound) of 64 random bits, bound >= 1; the bias is below bound / 2^64.
inline std::uint64_t scale_below(std::uint64_t bits, std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{bits} * bound) >> 64);
}

/// Uniform integer in [0, bound): scale_below() of the bits of draws 2 * draw (high) and 2 * draw + 1.
std::uint64_t draw_below(const DrawAddress& address, std::uint64_t element, std::uint32_t draw,
                         std::uint64_t bound);

/// Counter of a block of `draw`, which holds the elements from 4 * block (Philox) or 8 * block (ARS) on:
/// shared by the scalar code above and the vector kernels, so that both read the same numbers.
constexpr std::array<std::uint32_t, 4> philox_counter(const DrawAddress& address, std::uint64_t block,
                                                      std::uint32_t draw) {
  return {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), address.epoch,
          (static_cast<std::uint32_t>(address.stream) << 16) | (draw & 0xFFFFu)};
}

constexpr std::array<std::uint32_t, 2> philox_key(const DrawAddress& address) {
  return {static_cast<std::uint32_t>(address.seed), static_cast<std::uint32_t>(address.seed >> 32)};
}

/// Key of the ARS blocks: the seed, and zero in the second half.
constexpr std::array<std::uint32_t, 4> ars_key(const DrawAddress& address) {
  return {static_cast<std::uint32_t>(address.seed), static_cast<std::uint32_t>(address.seed >> 32), 0, 0};
}

/// The bits of a draw by `aes` below its random ones: half a unit of 2^-16.
inline constexpr std::uint32_t kHalfUnit = 0x8000u;

inline constexpr std::uint32_t kPhiloxMultiplier0 = 0xD2511F53u, kPhiloxMultiplier1 = 0xCD9E8D57u;
inline constexpr std::uint32_t kPhiloxWeyl0 = 0x9E3779B9u, kPhiloxWeyl1 = 0xBB67AE85u;
inline constexpr int kPhiloxRounds = 10;

}  // namespace zipml
