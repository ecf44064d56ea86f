#pragma once

#include <cstdint>

#include "fpga_model/parts.h"
#include "fpga_model/platform.h"

namespace zipml::fpga {

/// PYNQ's host side: a 64-bit AXI stream of sample lines, a label line a sample, and an end word an epoch. A
/// word stays valid until it is taken; gaps and the memory's rate make the stream invalid in between.
class StreamSource {
 public:
  /// `ready`: the engine's registered flag.
  StreamSource(std::int64_t words, const Platform& platform, const Signal& ready)
      : words_left_(words),
        memory_(platform.memory),
        gap_(platform.gap),
        ready_(&ready),
        wait_(platform.memory.latency_cycles),
        tokens_(platform.memory.rate_cycles) {}

  void evaluate();
  void commit();
  void save(State& state) const;

  /// A word changes hands at this edge.
  bool taken() const { return valid.value && ready_->value; }
  /// The stream is in one of its gaps (not: held up by the memory's rate).
  bool in_gap() const { return gap_left_ > 0; }
  /// Words still to be taken, of all epochs; it falls, and what falls must stay positive.
  Counter words_counter() { return {&words_left_, INT64_MAX, &words_left_}; }

  Signal valid;

 private:
  std::int64_t words_left_;
  Memory memory_;
  InputGap gap_;
  const Signal* ready_;
  std::int64_t wait_;  // cycles until the first word has come through the memory's latency
  std::int64_t tokens_, next_tokens_ = 0;
  std::int64_t since_gap_ = 0;  // words taken since the last gap
  std::int64_t gap_left_ = 0, next_gap_left_ = 0;
  std::int64_t phase_ = 0;
  bool next_valid_ = false, take_ = false, load_ = false;
};

}  // namespace zipml::fpga
