#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace zipml {

/// `count` of `rows` row numbers, ascending, each subset equally likely: a function of (seed, rows, count).
/// All rows where count is 0 or at least rows.
std::vector<std::size_t> sample_rows(std::size_t rows, std::size_t count, std::uint64_t seed);

}  // namespace zipml
