#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace zipml {

/// Step size of epoch 1, 2, ... by the solver's `schedule`: inverse_epoch, inverse_sqrt or constant.
double step_size(const std::string& schedule, double alpha, std::uint32_t epoch);

/// Rows of a block of the order "blocks": enough of them that memory is read in sequence.
inline constexpr std::size_t kRowsPerOrderBlock = 64;

/// Rows of an epoch by the solver's `order` (permutation, blocks or with_replacement), a function of seed and
/// epoch alone.
void order_rows(const std::string& kind, std::uint64_t seed, std::uint32_t epoch,
                std::span<std::uint32_t> order);

}  // namespace zipml
