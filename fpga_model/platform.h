#pragma once

#include <cstdint>
#include <string>

namespace zipml::fpga {

/// How lines come from memory. In order; a request seen at edge c is answered no earlier than edge
/// c + latency_cycles; a line a cycle times rate_lines / rate_cycles, by a token bucket that never holds more
/// than rate_lines + rate_cycles - 1 tokens, where a line takes rate_cycles of them.
struct Memory {
  std::int64_t latency_cycles = 40;  ///< 0..1,000,000
  std::int64_t rate_lines = 1;       ///< >= 1
  std::int64_t rate_cycles = 1;      ///< >= rate_lines
  std::int64_t max_outstanding =
      0;  ///< requests not yet answered before the engine is told to wait; 0 = no limit
  std::int64_t stall_period = 0;  ///< cycles; 0 = the memory never stalls
  std::int64_t stall_cycles = 0;  ///< the first stall_cycles of every stall_period answer nothing
};

/// Idle cycles of a streamed input: `length` after every `after_words` words taken; length 0 = none.
struct InputGap {
  std::int64_t length = 0;
  std::int64_t after_words = 1;
};

/// A board: what feeds the engine and how fast its clock is.
struct Platform {
  std::string name = "default";
  double clock_hz = 200e6;       ///< > 0
  bool clock_confirmed = false;  ///< false: the clock is not in the published RTL
  bool rate_confirmed = false;   ///< false: the memory rate is not in the published RTL
  std::string source;            ///< where the numbers come from
  bool shell = false;            ///< HARP: with the page-table shell around the engine
  Memory memory;
  InputGap gap;
};

/// What is trained: rows of `features` values (the bias feature included where there is one).
struct Shape {
  std::int64_t features = 0;
  std::int64_t rows = 0;
  std::int64_t epochs = 1;
  std::int64_t batch = 1;  ///< rows; changes cycles in the synchronous design only
};

}  // namespace zipml::fpga
