#pragma once

#include <cstdint>

#include "fpga_model/fifo.h"
#include "fpga_model/memory_port.h"
#include "fpga_model/model_store.h"
#include "fpga_model/parts.h"

namespace zipml::fpga {

/// Asks memory for an epoch's lines, one a cycle, while requested - completed < credit - (lines in the
/// buffer), and starts over when the model has been written back.
class LineRequester {
 public:
  /// `lines` of an epoch; `credit` lines may be under way or buffered; `start_delay` cycles from start to the
  /// first request; `completed` pulses when a line enters the engine.
  LineRequester(std::int64_t lines, std::int64_t credit, std::int64_t start_delay, const Signal& completed,
                const Fifo& buffer, const MemoryPort& memory, const ModelWriter& writer)
      : lines_(lines),
        credit_(credit),
        wait_(start_delay - 1),
        completed_(&completed),
        buffer_(&buffer),
        memory_(&memory),
        writer_(&writer) {}

  void evaluate() {
    next_request_ = wait_ == 0 && requested_ < lines_ && !memory_->almost_full.value && has_credit();
    restart_ = writer_->finishing() && writer_->epochs_done() + 1 < writer_->epochs();
    line_in_ = completed_->value;
  }
  void commit() {
    if (wait_ > 0) --wait_;
    requested_ += next_request_ ? 1 : 0;
    completions_ += line_in_ ? 1 : 0;
    if (restart_) requested_ = completions_ = 0;
    request.value = next_request_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(requested_ - completions_) << 1 |
                    static_cast<std::uint64_t>(request.value));
  }

  bool all_requested() const { return requested_ == lines_; }
  bool all_completed() const { return completions_ == lines_; }
  bool has_credit() const {
    const std::int64_t room = buffer_->level() < credit_ ? credit_ - buffer_->level() : 0;
    return requested_ - completions_ < room;
  }
  Counter requested_counter() { return {&requested_, lines_ - 1}; }
  Counter completed_counter() { return {&completions_, lines_ - 1}; }

  Signal request;

 private:
  std::int64_t lines_, credit_, wait_;
  const Signal* completed_;
  const Fifo* buffer_;
  const MemoryPort* memory_;
  const ModelWriter* writer_;
  std::int64_t requested_ = 0, completions_ = 0;
  bool next_request_ = false, restart_ = false, line_in_ = false;
};

}  // namespace zipml::fpga
