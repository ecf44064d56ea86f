#pragma once

#include <algorithm>
#include <cstddef>

namespace zipml::kernels {

/// How many rows ahead of the one that is read to ask for, at least 1: rows come in random order, which no
/// hardware prefetcher foresees. The distance is not a multiple of a page, whose lines fall together in the
/// caches.
inline std::size_t rows_ahead(std::size_t row_bytes) {
  constexpr std::size_t kBytesAhead = 17000;
  return std::max<std::size_t>(1, kBytesAhead / std::max<std::size_t>(1, row_bytes));
}

}  // namespace zipml::kernels
