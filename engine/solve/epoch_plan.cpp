#include "engine/solve/epoch_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "engine/core/random.h"
#include "engine/kernels/kernels.h"

namespace zipml {

double step_size(const std::string& schedule, double alpha, std::uint32_t epoch) {
  if (schedule == "inverse_epoch") return alpha / epoch;
  if (schedule == "inverse_sqrt") return alpha / std::sqrt(static_cast<double>(epoch));
  return alpha;
}

namespace {

// draw_below(address, element, 0, bound) of many elements, bound(element) each, in the order of elements: the
// random words come from the vector kernel, ten times faster.
template <class Bound, class Use>
void draw_all_below(const DrawAddress& address, std::size_t elements, const Bound& bound, const Use& use) {
  constexpr std::size_t kChunk = 4096;
  std::vector<std::uint32_t> high(kChunk), low(kChunk);
  for (std::size_t first = 0; first < elements; first += kChunk) {
    const std::size_t n = std::min(kChunk, elements - first);
    kernels::random_bits(address, 0, first, high.data(), n);
    kernels::random_bits(address, 1, first, low.data(), n);
    for (std::size_t i = 0; i < n; ++i)
      use(first + i, scale_below((std::uint64_t{high[i]} << 32) | low[i], bound(first + i)));
  }
}

// Fisher-Yates from the numbers in order, so that a permutation depends on its address alone.
void permute(std::span<std::uint32_t> order, const DrawAddress& address) {
  std::vector<std::uint32_t> other(order.size());
  draw_all_below(
      address, order.size(), [](std::size_t i) { return std::uint64_t{i} + 1; },
      [&](std::size_t i, std::uint64_t drawn) { other[i] = static_cast<std::uint32_t>(drawn); });
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[other[i - 1]]);
}

}  // namespace

void order_rows(const std::string& kind, std::uint64_t seed, std::uint32_t epoch,
                std::span<std::uint32_t> order) {
  const DrawAddress address{seed, Stream::permutation, epoch};
  if (kind == "with_replacement") {
    return draw_all_below(
        address, order.size(), [&](std::size_t) { return std::uint64_t{order.size()}; },
        [&](std::size_t i, std::uint64_t drawn) { order[i] = static_cast<std::uint32_t>(drawn); });
  }
  if (kind == "permutation") return permute(order, address);
  std::vector<std::uint32_t> blocks((order.size() + kRowsPerOrderBlock - 1) / kRowsPerOrderBlock);
  permute(blocks, address);
  std::size_t at = 0;
  for (const std::uint32_t block : blocks) {
    const std::size_t first = block * kRowsPerOrderBlock;
    for (std::size_t r = first; r < std::min(first + kRowsPerOrderBlock, order.size()); ++r)
      order[at++] = static_cast<std::uint32_t>(r);
  }
}

}  // namespace zipml
