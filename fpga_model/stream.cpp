#include "fpga_model/stream.h"

#include <algorithm>

namespace zipml::fpga {

void StreamSource::evaluate() {
  take_ = taken();
  const bool starts_gap = take_ && gap_.length > 0 && since_gap_ + 1 == gap_.after_words;
  next_gap_left_ = starts_gap ? gap_.length : std::max<std::int64_t>(gap_left_ - 1, 0);
  next_tokens_ = std::min(tokens_ + memory_.rate_lines, memory_.rate_lines + memory_.rate_cycles - 1);
  const bool held = valid.value && !take_;
  const bool stalled = memory_.stall_period > 0 && phase_ < memory_.stall_cycles;
  const std::int64_t words_after = words_left_ - (take_ ? 1 : 0);
  // Words left that are not on the wires already.
  const bool more = words_after > 0;
  load_ = !held && more && !starts_gap && gap_left_ <= 1 && wait_ == 0 && !stalled &&
          next_tokens_ >= memory_.rate_cycles;
  if (load_) next_tokens_ -= memory_.rate_cycles;
  next_valid_ = held || load_;
}

void StreamSource::commit() {
  if (take_) {
    --words_left_;
    since_gap_ = since_gap_ + 1 == gap_.after_words ? 0 : since_gap_ + 1;
  }
  if (wait_ > 0) --wait_;
  gap_left_ = next_gap_left_;
  tokens_ = next_tokens_;
  valid.value = next_valid_;
  if (memory_.stall_period > 0) phase_ = phase_ + 1 == memory_.stall_period ? 0 : phase_ + 1;
}

void StreamSource::save(State& state) const {
  state.push_back(static_cast<std::uint64_t>(tokens_) << 1 | static_cast<std::uint64_t>(valid.value));
  state.push_back(static_cast<std::uint64_t>(since_gap_));
  state.push_back(static_cast<std::uint64_t>(gap_left_));
  state.push_back(static_cast<std::uint64_t>(phase_));
}

}  // namespace zipml::fpga
