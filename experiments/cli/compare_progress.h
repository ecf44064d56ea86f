#pragma once

#include <chrono>
#include <ostream>
#include <string>

namespace zipml {

/// Tells a person how far a long comparison is: on a terminal one line that is updated and in the end erased,
/// otherwise a plain line now and then. Says nothing about short ones.
class CompareProgress {
 public:
  /// `descriptor` is that of `out`.
  CompareProgress(std::string title, std::ostream& out, int descriptor);

  /// `what` says how far it is; `share` is how much of all the work that is, 0 where this is not known. One
  /// call at a time.
  void report(const std::string& what, double share);

  /// Erases an updated line, so that what follows begins on its own.
  void close();

 private:
  std::string title_;
  std::ostream& out_;
  int descriptor_;
  bool updating_, line_open_ = false;
  std::chrono::steady_clock::time_point begin_, last_;
};

}  // namespace zipml
