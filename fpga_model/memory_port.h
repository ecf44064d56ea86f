#pragma once

#include <cstdint>
#include <vector>

#include "fpga_model/parts.h"
#include "fpga_model/platform.h"

namespace zipml::fpga {

/// Why a memory port has nothing to give.
enum class MemoryWait { kNothingAsked, kLatency, kBandwidth };

/// An in-order memory of unit lines: requests come in one a cycle at most, responses go out one a cycle at
/// most, after the latency and at the rate of `Memory`.
class MemoryPort {
 public:
  /// `ready` is the receiver's flag: while it is down no response is sent (nullptr = always ready).
  MemoryPort(const Memory& memory, const Signal& request, const Signal* ready = nullptr);

  void evaluate();
  void commit();
  void save(State& state) const;
  /// The backlog of requests that only the rate holds up. In front of a slow engine it grows without bound.
  Counter backlog() {
    return {&matured_, INT64_MAX, memory_.max_outstanding > 0 ? &kNever : &least_backlog_};
  }
  /// Starts a new period for the least backlog.
  void start_period() { least_backlog_ = INT64_MAX; }

  /// Why no response was sent at the edge before.
  MemoryWait wait() const { return wait_; }
  /// Requests that only the rate, or the receiver, holds up.
  std::int64_t waiting() const { return matured_; }
  /// Requests not yet answered.
  std::int64_t outstanding() const { return matured_ + young_; }

  Signal response;     ///< a line is handed over
  Signal almost_full;  ///< `max_outstanding` requests or more were queued at the edge before

 private:
  // With a limit on outstanding requests the backlog decides more than "is there any": it must repeat
  // exactly.
  static constexpr std::int64_t kNever = 0;

  Memory memory_;
  const Signal* request_;
  const Signal* ready_;
  std::vector<std::int64_t> due_;  // ring of the young requests' ages' ends, as edges
  std::size_t head_ = 0, tail_ = 0;
  std::int64_t edge_ = 0;
  std::int64_t young_ = 0, matured_ = 0;
  std::int64_t tokens_;
  std::int64_t phase_ = 0;  // position inside the stall pattern
  std::int64_t least_backlog_ = INT64_MAX;
  MemoryWait wait_ = MemoryWait::kNothingAsked, next_wait_ = MemoryWait::kNothingAsked;
  bool send_ = false, next_response_ = false, next_almost_full_ = false, pushed_ = false;
  std::int64_t newly_matured_ = 0, next_tokens_ = 0;
};

/// Remembers why the memory gave nothing, for as long as a line takes from the memory to where its absence
/// shows.
class WaitHistory {
 public:
  /// `age` in 0..30 edges.
  WaitHistory(const MemoryPort& memory, int age) : memory_(&memory), shift_(2 * age) {}

  void evaluate() {
    next_ = (waits_ << 2 | static_cast<std::uint64_t>(memory_->wait())) & ((std::uint64_t{4} << shift_) - 1);
  }
  void commit() { waits_ = next_; }
  void save(State& state) const { state.push_back(waits_); }
  MemoryWait wait() const { return static_cast<MemoryWait>(waits_ >> shift_ & 3); }

 private:
  const MemoryPort* memory_;
  int shift_;
  std::uint64_t waits_ = 0, next_ = 0;
};

}  // namespace zipml::fpga
