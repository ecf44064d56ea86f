#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "fpga_model/parts.h"

namespace zipml::fpga {

/// More was written to a FIFO than it holds: the published designs have no back-pressure there, their
/// pointers wrap and the engine hangs or computes nonsense. A design turns this into a message about the
/// shape.
class FifoOverflow : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A first-in first-out buffer of `depth` entries in block RAM. A write seen at edge t counts in level() from
/// edge t + 1; a read seen at edge t lowers the level likewise and gives `out` at edge t + read_latency.
class Fifo {
 public:
  /// `depth` >= 2 entries, of which depth - 1 can be used (full and empty share one pointer difference);
  /// `read_latency` >= 1 cycles.
  Fifo(std::string name, std::int64_t depth, int width_bits, const Signal& write, const Signal& read,
       int read_latency)
      : name_(std::move(name)),
        depth_(depth),
        width_bits_(width_bits),
        read_latency_(read_latency),
        write_(&write),
        read_(&read) {}

  void evaluate() {
    const bool pop = read_->value && level_ > 0;
    next_level_ = level_ + (write_->value ? 1 : 0) - (pop ? 1 : 0);
    next_valid_ = (valid_ << 1 | static_cast<std::uint64_t>(pop)) & ((std::uint64_t{1} << read_latency_) - 1);
    next_empty_ = level_ == 0;
    if (next_level_ >= depth_) throw FifoOverflow(name_);
  }
  void commit() {
    level_ = next_level_;
    valid_ = next_valid_;
    empty.value = next_empty_;
    out.value = (valid_ >> (read_latency_ - 1) & 1) != 0;
    if (level_ > peak_) peak_ = level_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(level_));
    state.push_back(valid_ << 1 | static_cast<std::uint64_t>(empty.value));
  }

  const std::string& name() const { return name_; }
  std::int64_t depth() const { return depth_; }
  int width_bits() const { return width_bits_; }
  std::int64_t level() const { return level_; }
  std::int64_t peak() const { return peak_; }

  Signal out;          ///< an entry left the FIFO
  Signal empty{true};  ///< the level was 0 one edge ago: the published FIFO registers its empty flag

 private:
  std::string name_;
  std::int64_t depth_;
  int width_bits_;
  int read_latency_;
  const Signal* write_;
  const Signal* read_;
  std::int64_t level_ = 0, next_level_ = 0, peak_ = 0;
  std::uint64_t valid_ = 0, next_valid_ = 0;
  bool next_empty_ = true;
};

}  // namespace zipml::fpga
