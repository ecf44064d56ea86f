#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>

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

/// What one thread writes and another reads at the same time lies this far apart, or every write would take
/// the other's cache line away: two lines, since some processors fetch them in pairs.
inline constexpr std::size_t kThreadsApart = 128;

/// What meet() throws where another thread of the team ended by an exception and will not come. Only for
/// unwinding: whoever catches it must throw it again.
struct TeamLeft {};

/// Threads that work on one thing side by side and meet often. Waiting threads spin, for a microsecond is
/// long between two mini-batches; after a while they let others run.
class Team {
 public:
  explicit Team(int size) : size_(size) {}

  int size() const { return size_; }

  /// Returns once every thread of the team has called it as often as this one; what a thread wrote before is
  /// then seen by all. Throws TeamLeft where one of them never will, because it ended by an exception.
  void meet();

  /// Lets those that wait for the calling thread in meet() go on, with TeamLeft.
  void leave() { left_.store(true, std::memory_order_relaxed); }

  /// The index-th of `size()` nearly equal parts of [0, n), cut at multiples of `grain`: [first, last).
  std::pair<std::size_t, std::size_t> part(int index, std::size_t n, std::size_t grain = 1) const;

 private:
  int size_;
  alignas(kThreadsApart) std::atomic<int> waiting_{0};
  alignas(kThreadsApart) std::atomic<unsigned> round_{0};
  std::atomic<bool> left_{false};  ///< beside round_: both are read while waiting and seldom written
};

/// Calls body(team, index) on the threads of a team, index = 0 .. team.size() - 1; the team has at most
/// `threads` members. An exception thrown by one of them ends the others at their next meet() and is thrown
/// again here, after all threads have stopped.
void parallel_team(int threads, const std::function<void(Team&, int)>& body);

/// Sum by a fixed binary tree over the index: the same bits whatever computed the parts. Empty: 0.
double tree_sum(std::span<const double> parts);

}  // namespace zipml
