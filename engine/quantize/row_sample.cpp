#include "engine/quantize/row_sample.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/core/random.h"

namespace zipml {

std::vector<std::size_t> sample_rows(std::size_t rows, std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (count == 0 || count >= rows) return order;
  const DrawAddress address{seed, Stream::level_sample, 0};
  for (std::size_t i = 0; i < count; ++i) std::swap(order[i], order[i + draw_below(address, i, 0, rows - i)]);
  order.resize(count);
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace zipml
