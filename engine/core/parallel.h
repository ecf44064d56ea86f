#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace zipml {

/// Threads to use where the caller has no wish: the CPUs this process may run on.
int available_threads();

/// 1 where work on so many values is less than twice values_per_thread, the work that waking another thread
/// costs; else `threads`.
constexpr int useful_threads(std::size_t values, std::size_t values_per_thread, int threads) {
  return values < 2 * values_per_thread ? 1 : threads;
}

/// Calls body(block) for every block in [0, blocks), on up to `threads` OpenMP threads, in any order. What a
/// block computes must depend on its index alone; then results cannot depend on the number of threads. An
/// exception thrown by a block is thrown again here, after all threads have stopped.
void parallel_blocks(std::size_t blocks, int threads, const std::function<void(std::size_t)>& body);

/// Sum by a fixed binary tree over the index: the same bits whatever computed the parts. Empty: 0.
double tree_sum(std::span<const double> parts);

}  // namespace zipml
