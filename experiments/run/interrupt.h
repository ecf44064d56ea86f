#pragma once

namespace zipml {

/// While it lives, the first SIGINT or SIGTERM makes interrupted() true and, where `announce` is set, says so
/// on standard error; a second one ends the program at once, as if it had no handler. Signals that were
/// ignored before stay ignored. One at a time in a process.
class InterruptGuard {
 public:
  explicit InterruptGuard(bool announce);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// A stop was asked for since the last InterruptGuard was made. Any thread may ask.
bool interrupted();

/// Exit code of an interrupted program, by the convention of shells: 128 + the signal that asked for the
/// stop; 130, as of SIGINT, where none did.
int interrupted_exit_code();

}  // namespace zipml
