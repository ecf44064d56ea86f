#include "engine/core/parallel.h"

#include <omp.h>

#include <atomic>
#include <exception>
#include <mutex>

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
  std::exception_ptr error;
  std::mutex error_mutex;

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

#if defined(__SANITIZE_THREAD__)
__attribute__((no_sanitize("thread")))
#endif
void run_region(Region* region, int threads) {
  publish(region);
#pragma omp parallel num_threads(threads)
  {
    observe(region);
    region->work();
    publish(&region->next);
  }
  observe(&region->next);
}

}  // namespace

int available_threads() { return omp_get_num_procs(); }

void parallel_blocks(std::size_t blocks, int threads, const std::function<void(std::size_t)>& body) {
  if (threads <= 1 || blocks <= 1) {
    for (std::size_t block = 0; block < blocks; ++block) body(block);
    return;
  }
  Region region{blocks, body, {}, {}, {}, {}};
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
