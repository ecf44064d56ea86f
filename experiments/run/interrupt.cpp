#include "experiments/run/interrupt.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace zipml {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM};

std::atomic<int> stop_signal{0};
std::atomic<bool> announces{true};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free,
              "a signal handler may only use lock-free atomics");

struct sigaction previous[kSignals.size()];

extern "C" void ask_to_stop(int signal) {
  stop_signal.store(signal);
  if (!announces.load()) return;
  constexpr char kMessage[] = "\nzipml: stopping after the current epoch; once more to stop at once\n";
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, kMessage, sizeof kMessage - 1);
}

}  // namespace

InterruptGuard::InterruptGuard(bool announce) {
  stop_signal.store(0);
  announces.store(announce);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &previous[i]);
    if (previous[i].sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = ask_to_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    ::sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &previous[i], nullptr);
}

bool interrupted() { return stop_signal.load() != 0; }

int interrupted_exit_code() {
  const int signal = stop_signal.load();
  return 128 + (signal != 0 ? signal : SIGINT);
}

}  // namespace zipml
