#pragma once

namespace zipml {

/// While it lives, the first SIGINT or SIGTERM makes interrupted() true and says so on standard error; a
/// second one ends the program at once, as if it had no handler. Signals that were ignored before stay
/// ignored. One at a time in a process.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// A stop was asked for since the last InterruptGuard was made. Any thread may ask.
bool interrupted();

/// Exit code of an interrupted program, by the convention of shells.
inline constexpr int kInterruptedExitCode = 130;

}  // namespace zipml
