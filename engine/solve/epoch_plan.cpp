#include "engine/solve/epoch_plan.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/permutation.h"

namespace zipml {

double step_size(const std::string& schedule, double alpha, std::uint32_t epoch) {
  if (schedule == "inverse_epoch") return alpha / epoch;
  if (schedule == "inverse_sqrt") return alpha / std::sqrt(static_cast<double>(epoch));
  return alpha;
}

void order_rows(const std::string& kind, std::uint64_t seed, std::uint32_t epoch,
                std::span<std::uint32_t> order) {
  const DrawAddress address{seed, Stream::permutation, epoch};
  if (kind == "with_replacement") {
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = static_cast<std::uint32_t>(draw_below(address, i, 0, order.size()));
    }
    return;
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
