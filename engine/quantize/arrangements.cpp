#include "engine/quantize/arrangements.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace zipml {
namespace {

// Exact: below 2^53 for n <= 32.
double choose_count(int n, int k) {
  if (k < 0 || k > n) return 0.0;
  double result = 1.0;
  for (int i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return result;
}

}  // namespace

Arrangements::Table Arrangements::make_table(int bits) {
  Table table;
  const std::uint32_t all = 1u << bits;
  for (int ones = 0; ones <= bits; ++ones) {
    table.first.push_back(static_cast<std::uint32_t>(table.masks.size()));
    for (std::uint32_t mask = 0; mask < all; ++mask) {
      if (std::popcount(mask) == ones) table.masks.push_back(static_cast<std::uint16_t>(mask));
    }
  }
  table.first.push_back(static_cast<std::uint32_t>(table.masks.size()));
  return table;
}

Arrangements::Arrangements(int draws) : draws_(draws) {
  if (draws < 1 || draws > kMostDraws) throw std::logic_error("arrangements are of 1 to 32 draws");
  low_ = make_table(std::min(draws, kHalf));
  if (draws <= kHalf) return;
  high_ = make_table(draws - kHalf);
  limits_.resize(static_cast<std::size_t>(draws) + 1);
  for (int count = 0; count <= draws; ++count) {
    double sum = 0.0;
    for (int h = 0; h <= std::min(count, kHalf); ++h) {
      sum += choose_count(kHalf, h) * choose_count(draws - kHalf, count - h);
      limits_[static_cast<std::size_t>(count)].push_back(
          static_cast<std::uint64_t>(sum / choose_count(draws, count) * 0x1p32));
    }
    limits_[static_cast<std::size_t>(count)].back() = std::uint64_t{1} << 32;
  }
}

std::uint32_t Arrangements::pick(const Table& table, int count, std::uint32_t random) {
  const std::uint32_t first = table.first[static_cast<std::size_t>(count)];
  const std::uint64_t choices = table.first[static_cast<std::size_t>(count) + 1] - first;
  return table.masks[first + static_cast<std::uint32_t>((choices * random) >> 32)];
}

std::uint32_t Arrangements::mask(int count, const std::array<std::uint32_t, kWords>& random) const {
  if (draws_ <= kHalf) return pick(low_, count, random[0]);
  int in_low = 0;
  const std::vector<std::uint64_t>& limits = limits_[static_cast<std::size_t>(count)];
  while (random[2] >= limits[static_cast<std::size_t>(in_low)]) ++in_low;
  return pick(low_, in_low, random[0]) | (pick(high_, count - in_low, random[1]) << kHalf);
}

}  // namespace zipml
