#include "engine/solve/epoch_plan.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "engine/core/random.h"

namespace zipml {

double step_size(const std::string& schedule, double alpha, std::uint32_t epoch) {
  if (schedule == "inverse_epoch") return alpha / epoch;
  if (schedule == "inverse_sqrt") return alpha / std::sqrt(static_cast<double>(epoch));
  return alpha;
}

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
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[draw_below(address, i - 1, 0, i)]);
}

}  // namespace zipml
