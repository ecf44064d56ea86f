#include "fpga_model/memory_port.h"

#include <algorithm>

namespace zipml::fpga {

MemoryPort::MemoryPort(const Memory& memory, const Signal& request, const Signal* ready)
    : memory_(memory),
      request_(&request),
      ready_(ready),
      // At most one request a cycle, so at most `latency` of them are still too young.
      due_(static_cast<std::size_t>(std::max<std::int64_t>(memory.latency_cycles, 1)) + 2),
      tokens_(memory.rate_cycles) {}

void MemoryPort::evaluate() {
  pushed_ = request_->value;
  // A response driven at this edge is seen at the next one: what is due then can be sent now.
  newly_matured_ = 0;
  std::int64_t young = young_;
  for (std::size_t at = head_; young > 0 && due_[at] <= edge_ + 1; at = at + 1 == due_.size() ? 0 : at + 1) {
    ++newly_matured_;
    --young;
  }
  if (pushed_ && young == 0 && memory_.latency_cycles <= 1) ++newly_matured_;
  const std::int64_t ready_lines = matured_ + newly_matured_;
  const std::int64_t queued = matured_ + young_ + (pushed_ ? 1 : 0);
  next_almost_full_ = memory_.max_outstanding > 0 && queued >= memory_.max_outstanding;

  next_tokens_ = std::min(tokens_ + memory_.rate_lines, memory_.rate_lines + memory_.rate_cycles - 1);
  const bool stalled = memory_.stall_period > 0 && phase_ < memory_.stall_cycles;
  // A receiver that is not ready has the response held in front of it.
  const bool held = response.value && ready_ != nullptr && !ready_->value;
  send_ = ready_lines > 0 && next_tokens_ >= memory_.rate_cycles && !stalled && !held;
  if (send_) next_tokens_ -= memory_.rate_cycles;
  next_response_ = send_ || held;
  if (next_response_ || queued == 0) {
    next_wait_ = MemoryWait::kNothingAsked;
  } else {
    next_wait_ = ready_lines > 0 ? MemoryWait::kBandwidth : MemoryWait::kLatency;
  }
  least_backlog_ = std::min(least_backlog_, ready_lines);
}

void MemoryPort::commit() {
  const std::int64_t size = static_cast<std::int64_t>(due_.size());
  if (pushed_) {
    due_[tail_] = edge_ + std::max<std::int64_t>(memory_.latency_cycles, 1);
    tail_ = tail_ + 1 == due_.size() ? 0 : tail_ + 1;
    ++young_;
  }
  head_ = static_cast<std::size_t>((static_cast<std::int64_t>(head_) + newly_matured_) % size);
  young_ -= newly_matured_;
  matured_ += newly_matured_ - (send_ ? 1 : 0);
  tokens_ = next_tokens_;
  wait_ = next_wait_;
  response.value = next_response_;
  almost_full.value = next_almost_full_;
  if (memory_.stall_period > 0) phase_ = phase_ + 1 == memory_.stall_period ? 0 : phase_ + 1;
  ++edge_;
}

void MemoryPort::save(State& state) const {
  state.push_back(static_cast<std::uint64_t>(tokens_));
  state.push_back(static_cast<std::uint64_t>(phase_));
  state.push_back(static_cast<std::uint64_t>(response.value) << 1 |
                  static_cast<std::uint64_t>(almost_full.value));
  state.push_back(static_cast<std::uint64_t>(young_) << 2 | static_cast<std::uint64_t>(wait_));
  std::size_t at = head_;
  for (std::int64_t i = 0; i < young_; ++i) {
    state.push_back(static_cast<std::uint64_t>(due_[at] - edge_));
    at = at + 1 == due_.size() ? 0 : at + 1;
  }
}

}  // namespace zipml::fpga
