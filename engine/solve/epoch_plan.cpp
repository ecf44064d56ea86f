#include "engine/solve/epoch_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/core/below_bound.h"
#include "engine/core/random.h"
#include "engine/kernels/kernels.h"

namespace zipml {

double step_size(const std::string& schedule, double alpha, std::uint32_t epoch) {
  if (schedule == "inverse_epoch") return alpha / epoch;
  if (schedule == "inverse_sqrt") return alpha / std::sqrt(static_cast<double>(epoch));
  return alpha;
}

namespace {

// A multiple of 4, the words of one block of random numbers.
constexpr std::size_t kDrawsAtOnce = 1024;

}  // namespace

// Fisher-Yates from the rows in order, so that an epoch's permutation depends on its address alone.
void order_rows(const std::string& kind, std::uint64_t seed, std::uint32_t epoch,
                std::span<std::uint32_t> order) {
  const DrawAddress address{seed, Stream::permutation, epoch};
  if (kind == "with_replacement") {
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = static_cast<std::uint32_t>(draw_below(address, i, 0, order.size()));
    }
    return;
  }
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t end = order.size(); end > 0;) {
    const std::size_t begin = (end - 1) / kDrawsAtOnce * kDrawsAtOnce;
    std::array<std::uint32_t, kDrawsAtOnce> high, low;
    kernels::random_bits(address, 0, begin, high.data(), end - begin);
    kernels::random_bits(address, 1, begin, low.data(), end - begin);
    for (; end > begin; --end) {
      const std::size_t i = end - 1 - begin;
      std::swap(order[end - 1], order[below_bound((std::uint64_t{high[i]} << 32) | low[i], end)]);
    }
  }
}

}  // namespace zipml
