#pragma once

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>

namespace zipml {

/// Tells a person how far a sweep is: on a terminal one line that is updated, otherwise one plain line a run.
/// Calls must not overlap.
class Progress {
 public:
  Progress(std::ostream& out, bool updating, std::size_t total);

  /// One run ended. `remaining_cost` and `done_cost` are in any common unit and only give the time left;
  /// done_cost 0 means that nothing is known yet.
  void run_ended(const std::string& line, double done_cost, double remaining_cost);

  /// A message that must stay readable.
  void message(const std::string& line);

  /// Ends an updated line, so that what follows begins on its own.
  void close();

 private:
  std::string time_left(double done_cost, double remaining_cost) const;

  std::ostream& out_;
  bool updating_, line_open_ = false;
  std::size_t total_, ended_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// For people, rounded up: "0.3 s", "42 s", "3 min 5 s", "2 h 10 min".
std::string format_duration(double seconds);

}  // namespace zipml
