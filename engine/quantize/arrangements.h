#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace zipml {

/// Uniformly random arrangements: which `count` of k draws are the upper ones. Given their number, k
/// independent draws with equal probabilities are arranged uniformly at random; so a stored number and an
/// arrangement made up on reading are k independent draws again.
class Arrangements {
 public:
  static constexpr int kMostDraws = 32;
  static constexpr int kWords = 3;  ///< random words of one arrangement

  /// draws: 1 to kMostDraws.
  explicit Arrangements(int draws);

  /// Words that mask() looks at: 1 up to 16 draws, else 3.
  int words() const { return draws_ <= kHalf ? 1 : kWords; }

  /// Bit j says whether draw j is an upper one; exactly `count` of the lowest `draws` bits are set, count <=
  /// draws. Every arrangement has the same probability within 2^-32.
  std::uint32_t mask(int count, const std::array<std::uint32_t, kWords>& random) const;

 private:
  static constexpr int kHalf = 16;

  // Masks of `bits` bits in the order of their number of ones.
  struct Table {
    std::vector<std::uint16_t> masks;
    std::vector<std::uint32_t> first;  // first[c]: of those with c ones
  };
  static Table make_table(int bits);
  static std::uint32_t pick(const Table& table, int count, std::uint32_t random);

  int draws_;
  Table low_, high_;
  // limits_[count][h]: 2^32 times the probability that at most h of the ones lie in the low half.
  std::vector<std::vector<std::uint64_t>> limits_;
};

}  // namespace zipml
