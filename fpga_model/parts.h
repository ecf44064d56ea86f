#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace zipml::fpga {

/// A registered one-bit output: what the other parts see before the clock edge that is being worked on.
struct Signal {
  bool value = false;
};

/// The words of a design's state that decide what it does next, the ever-growing counters left out.
using State = std::vector<std::uint64_t>;

/// A count outside the State: it moves by the same step in every period of a periodic run. A run may skip m
/// periods while value + m * step <= high and, where `least` is given, while the least value seen in the
/// period stays positive: the part asks "is there any?" of it and nothing else.
struct Counter {
  std::int64_t* value;
  std::int64_t high;
  const std::int64_t* least = nullptr;
};

/// Every part has two phases. evaluate() reads the values before the clock edge, its own and those of the
/// parts it is wired to, and prepares its next state; commit() makes that state visible. Nothing that
/// evaluate() reads changes before every part has evaluated, so the order of the parts cannot matter.

/// A pipeline of `latency` >= 1 registers, one item a cycle (initiation interval 1). An item seen at the
/// input at edge t is seen at `out` at edge t + latency.
class Stage {
 public:
  /// `latency` in 1..63; `width_bits` is the data path's width, for the stage list and the resources.
  Stage(std::string name, int latency, int width_bits, const Signal& in)
      : name_(std::move(name)), latency_(latency), width_bits_(width_bits), in_(&in) {}

  void evaluate() { next_ = (now_ << 1 | static_cast<std::uint64_t>(in_->value)) & mask(); }
  void commit() {
    now_ = next_;
    out.value = (now_ >> (latency_ - 1) & 1) != 0;
    items_ += static_cast<std::int64_t>(now_ & 1);
  }
  void save(State& state) const { state.push_back(now_); }

  const std::string& name() const { return name_; }
  int latency() const { return latency_; }
  int width_bits() const { return width_bits_; }
  bool idle() const { return now_ == 0; }
  /// Items that entered; divided by the cycles this is the stage's utilisation.
  std::int64_t& items() { return items_; }

  Signal out;

 private:
  std::uint64_t mask() const { return (std::uint64_t{1} << latency_) - 1; }

  std::string name_;
  int latency_;
  int width_bits_;
  const Signal* in_;
  std::uint64_t now_ = 0, next_ = 0;
  std::int64_t items_ = 0;
};

/// Adds up `length` items and hands on one result, one cycle after the last of them.
class Accumulator {
 public:
  Accumulator(std::int64_t length, const Signal& in) : length_(length), in_(&in) {}

  void evaluate() {
    next_count_ = count_;
    next_out_ = false;
    if (!in_->value) return;
    next_out_ = count_ == length_ - 1;
    next_count_ = next_out_ ? 0 : count_ + 1;
  }
  void commit() {
    count_ = next_count_;
    out.value = next_out_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(count_) << 1 | static_cast<std::uint64_t>(out.value));
  }

  Signal out;

 private:
  std::int64_t length_;
  const Signal* in_;
  std::int64_t count_ = 0, next_count_ = 0;
  bool next_out_ = false;
};

/// Adds up `length` items and hands the result on `length` times, one a cycle, the first one cycle after the
/// last item. Results must be `length` cycles apart at least.
class RepeatedSum {
 public:
  RepeatedSum(std::int64_t length, const Signal& in) : length_(length), in_(&in) {}

  void evaluate() {
    const bool full = in_->value && count_ == length_ - 1;
    next_count_ = in_->value ? (full ? 0 : count_ + 1) : count_;
    next_out_ = full || left_ > 0;
    next_left_ = full ? length_ - 1 : std::max<std::int64_t>(left_ - 1, 0);
  }
  void commit() {
    count_ = next_count_;
    left_ = next_left_;
    out.value = next_out_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(count_));
    state.push_back(static_cast<std::uint64_t>(left_) << 1 | static_cast<std::uint64_t>(out.value));
  }

  Signal out;

 private:
  std::int64_t length_;
  const Signal* in_;
  std::int64_t count_ = 0, next_count_ = 0, left_ = 0, next_left_ = 0;
  bool next_out_ = false;
};

/// Turns one item into `length` items, one a cycle, the first one cycle after it was seen: a sample's scalar
/// meets each of the sample's lines. An item must not come before the last one's are out (samples are
/// `length` lines apart).
class Repeater {
 public:
  Repeater(std::int64_t length, const Signal& in) : length_(length), in_(&in) {}

  void evaluate() {
    next_out_ = in_->value || left_ > 0;
    next_left_ = in_->value ? length_ - 1 : std::max<std::int64_t>(left_ - 1, 0);
  }
  void commit() {
    left_ = next_left_;
    out.value = next_out_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(left_) << 1 | static_cast<std::uint64_t>(out.value));
  }

  Signal out;

 private:
  std::int64_t length_;
  const Signal* in_;
  std::int64_t left_ = 0, next_left_ = 0;
  bool next_out_ = false;
};

}  // namespace zipml::fpga
