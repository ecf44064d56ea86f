#pragma once

#include <cstdint>

#include "fpga_model/parts.h"

namespace zipml::fpga {

/// The update side of HARP's model memory: takes one updated line a cycle and, when the epoch's last sample
/// is in, writes the model back, one line a cycle, starting at the edge after the last update.
class ModelWriter {
 public:
  /// `lines` of a sample, `write_lines` of 512 bits that go back, `rows` and `epochs` of the run.
  ModelWriter(std::int64_t lines, std::int64_t write_lines, std::int64_t rows, std::int64_t epochs,
              const Signal& update)
      : lines_(lines), write_lines_(write_lines), rows_(rows), epochs_(epochs), update_(&update) {}

  void evaluate() {
    next_line_ = line_;
    next_writing_ = writing_ && !finishing();
    next_written_ = writing_ ? (finishing() ? 0 : written_ + 1) : 0;
    sample_done_ = update_->value && line_ == lines_ - 1;
    if (update_->value) next_line_ = sample_done_ ? 0 : line_ + 1;
    if (sample_done_ && sample_ == rows_ - 1) next_writing_ = true;
    next_write_ = writing_;
    epoch_done_ = finishing();
  }
  void commit() {
    line_ = next_line_;
    if (sample_done_) {
      sample_ = sample_ == rows_ - 1 ? 0 : sample_ + 1;
      ++samples_updated_;
    }
    writing_ = next_writing_;
    written_ = next_written_;
    if (epoch_done_) ++epochs_done_;
    write.value = next_write_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(line_));
    state.push_back(static_cast<std::uint64_t>(written_) << 2 | static_cast<std::uint64_t>(writing_) << 1 |
                    static_cast<std::uint64_t>(write.value));
  }

  /// The last line of the model goes out at this edge.
  bool finishing() const { return writing_ && written_ == write_lines_ - 1; }
  bool writing() const { return writing_ || write.value; }
  std::int64_t epochs_done() const { return epochs_done_; }
  std::int64_t epochs() const { return epochs_; }
  std::int64_t samples_updated() const { return samples_updated_; }
  /// The sample inside the epoch; the last one starts the write-back and is not skipped over.
  Counter sample_counter() { return {&sample_, rows_ - 2}; }

  Signal write;  ///< a write request

 private:
  std::int64_t lines_, write_lines_, rows_, epochs_;
  const Signal* update_;
  std::int64_t line_ = 0, next_line_ = 0;
  std::int64_t sample_ = 0, samples_updated_ = 0, epochs_done_ = 0;
  std::int64_t written_ = 0, next_written_ = 0;
  bool writing_ = false, next_writing_ = false, next_write_ = false, sample_done_ = false,
       epoch_done_ = false;
};

}  // namespace zipml::fpga
