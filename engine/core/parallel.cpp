#include "engine/core/parallel.h"

#include <omp.h>
#if defined(__linux__)
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace zipml {
namespace {

// libgomp is not instrumented, so ThreadSanitizer cannot see that a parallel region begins after what came
// before it and ends before what follows. The two tags say so; everything between them is checked.
void publish([[maybe_unused]] void* tag) {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(tag);
#endif
}
void observe([[maybe_unused]] void* tag) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(tag);
#endif
}

struct Region {
  std::size_t blocks;
  const std::function<void(std::size_t)>& body;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr error{};
  std::mutex error_mutex{};
  char done = 0;  // a tag, see publish()

  void work() {
    while (!failed.load(std::memory_order_relaxed)) {
      const std::size_t block = next.fetch_add(1, std::memory_order_relaxed);
      if (block >= blocks) return;
      try {
        body(block);
      } catch (...) {
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
        failed = true;
      }
    }
  }
};

// Calls region->work() on up to `threads` threads.
template <class R>
#if defined(__SANITIZE_THREAD__)
__attribute__((no_sanitize("thread")))
#endif
void run_region(R* region, int threads) {
  publish(region);
#pragma omp parallel num_threads(threads)
  {
    observe(region);
    region->work();
    publish(&region->done);
  }
  observe(&region->done);
}

// Keeps a thread of a team on a CPU of its own while the team works, where it has as many threads as there
// are CPUs: two of them on one CPU would wait for each other a time slice long, a thousand mini-batches'
// time.
class OwnCpu {
 public:
  OwnCpu([[maybe_unused]] const Team& team, [[maybe_unused]] int index) {
#if defined(__linux__)
    if (team.size() == 1 || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    if (CPU_COUNT(&before_) != team.size()) return;
    int cpu = 0;
    for (int left = index; !CPU_ISSET(cpu, &before_) || left-- > 0;) ++cpu;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(cpu, &own);
    changed_ = sched_setaffinity(0, sizeof own, &own) == 0;
#endif
  }
  ~OwnCpu() {
#if defined(__linux__)
    if (changed_) sched_setaffinity(0, sizeof before_, &before_);
#endif
  }
  OwnCpu(const OwnCpu&) = delete;
  OwnCpu& operator=(const OwnCpu&) = delete;

#if defined(__linux__)
 private:
  cpu_set_t before_{};
  bool changed_ = false;
#endif
};

struct TeamRegion {
  const std::function<void(Team&, int)>& body;
  std::optional<Team> team;
  std::exception_ptr error{};
  std::mutex error_mutex{};
  char done = 0;  // a tag, see publish()

  // How many threads there are is known only once they run.
  void work() {
#pragma omp single
    {
      team.emplace(omp_get_num_threads());
      publish(&team);
    }
    observe(&team);
    const int index = omp_get_thread_num();
    const OwnCpu cpu(*team, index);
    try {
      body(*team, index);
    } catch (const TeamLeft&) {
      // Another thread's exception is the one to tell.
    } catch (...) {
      const std::lock_guard lock(error_mutex);
      if (!error) error = std::current_exception();
      team->leave();
    }
  }
};

// Lets the other thread of a core run while this one waits.
inline void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

int available_threads() { return omp_get_num_procs(); }

void parallel_blocks(std::size_t blocks, int threads, const std::function<void(std::size_t)>& body) {
  if (threads <= 1 || blocks <= 1) {
    for (std::size_t block = 0; block < blocks; ++block) body(block);
    return;
  }
  Region region{blocks, body};
  run_region(&region, threads);
  if (region.error) std::rethrow_exception(region.error);
}

void Team::meet() {
  if (size_ == 1) return;
  const unsigned round = round_.load(std::memory_order_relaxed);
  if (waiting_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
    waiting_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    return;
  }
  constexpr int kSpins = 1 << 14;
  for (int spins = 0; round_.load(std::memory_order_acquire) == round; ++spins) {
    if (left_.load(std::memory_order_relaxed)) throw TeamLeft();
    if (spins < kSpins) {
      pause_briefly();
    } else {
      std::this_thread::yield();
    }
  }
}

std::pair<std::size_t, std::size_t> Team::part(int index, std::size_t n, std::size_t grain) const {
  const auto at = [&](int i) {
    const std::size_t grains = (n + grain - 1) / grain;
    return std::min(n, grains * static_cast<std::size_t>(i) / static_cast<std::size_t>(size_) * grain);
  };
  return {at(index), at(index + 1)};
}

void parallel_team(int threads, const std::function<void(Team&, int)>& body) {
  if (threads <= 1) {
    Team team(1);
    body(team, 0);
    return;
  }
  TeamRegion region{body, {}};
  run_region(&region, threads);
  if (region.error) std::rethrow_exception(region.error);
}

double tree_sum(std::span<const double> parts) {
  if (parts.empty()) return 0.0;
  if (parts.size() == 1) return parts[0];
  const std::size_t half = (parts.size() + 1) / 2;
  return tree_sum(parts.first(half)) + tree_sum(parts.subspan(half));
}

}  // namespace zipml
