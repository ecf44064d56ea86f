#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>

#include "fpga_model/fifo.h"
#include "fpga_model/memory_port.h"
#include "fpga_model/parts.h"

namespace zipml::fpga {

/// A shape in MLWeaving's units: 8 samples a group, 64 features a chunk, one line a chunk and bit.
struct WeavingShape {
  std::int64_t chunks = 0;        ///< ceil(features / 64)
  std::int64_t bits = 0;          ///< planes read, 1..32
  std::int64_t groups = 0;        ///< rows / 8
  std::int64_t batch_groups = 0;  ///< batch / 8, 1..255
  std::int64_t epochs = 0;
  std::int64_t lines() const { return chunks * bits; }  ///< of a group
};

/// Lines are asked for in this order, epoch after epoch, whatever the engine does: a line of labels before
/// every second group, then the group's lines. Each group and each label line costs one control state more.
///
/// Nothing holds the requests back, so in front of a slow engine they run ever further ahead, in a rhythm of
/// their own that keeps the run from ever being periodic. `enough` waiting answers make the requester rest:
/// the engine only asks whether there is an answer, so with enough of them (latency + what the input FIFO can
/// take faster than requests come) a rest changes nothing that it sees.
class WeavingRequester {
 public:
  WeavingRequester(const WeavingShape& shape, const MemoryPort& memory, std::int64_t enough)
      : shape_(shape), memory_(&memory), enough_(enough) {}

  void evaluate();
  void commit();
  void save(State& state) const;
  Counter group_counter() { return {&group_, shape_.groups - 1}; }

  Signal request;

 private:
  enum class Step { kWait, kEpoch, kLabels, kGroup, kLines, kEnd };

  WeavingShape shape_;
  const MemoryPort* memory_;
  std::int64_t enough_;
  Step step_ = Step::kWait, next_step_ = Step::kWait;
  std::int64_t wait_ = 4;  // states between start and the first epoch
  std::int64_t epoch_ = 0, group_ = 0, line_ = 0;
  bool labels_due_ = false, next_request_ = false;
};

/// Sorts answers into sample lines and labels, two registers in front of the input FIFO.
class WeavingDispatch {
 public:
  WeavingDispatch(const WeavingShape& shape, const MemoryPort& memory, const Signal& ready)
      : shape_(shape), memory_(&memory), ready_(&ready) {}

  void evaluate() { taken_ = memory_->response.value && ready_->value; }
  void commit();
  void save(State& state) const;
  Counter group_counter() { return {&group_, shape_.groups - 1}; }

  Signal line;  ///< a sample line is in the first register

 private:
  WeavingShape shape_;
  const MemoryPort* memory_;
  const Signal* ready_;
  std::int64_t group_ = 0, line_ = -1;  // -1: the labels come next
  bool taken_ = false;
};

/// The input FIFO's almost-full flag and the register behind it: the memory may send while `ready` is up.
class ReadyFlag {
 public:
  ReadyFlag(const Fifo& fifo, std::int64_t threshold) : fifo_(&fifo), threshold_(threshold) {}
  void evaluate() {
    next_almost_full_ = fifo_->level() > threshold_;
    next_ready_ = !almost_full_;
  }
  void commit() {
    almost_full_ = next_almost_full_;
    ready.value = next_ready_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(almost_full_) << 1 | static_cast<std::uint64_t>(ready.value));
  }

  Signal ready{true};

 private:
  const Fifo* fifo_;
  std::int64_t threshold_;
  bool almost_full_ = false, next_almost_full_ = false, next_ready_ = true;
};

class ModelControl;

/// The dot product's states: a group's lines are read from the input FIFO once a credit says that its model
/// is there.
class DotControl {
 public:
  DotControl(const WeavingShape& shape, const Fifo& input, const ModelControl& model)
      : shape_(shape), input_(&input), model_(&model) {}

  void evaluate();
  void commit();
  void save(State& state) const;
  Counter group_counter() { return {&group_, shape_.groups - 1}; }
  std::int64_t groups_started() const { return groups_started_; }
  std::int64_t epoch() const { return epoch_; }
  bool waits_for_credit() const { return step_ == Step::kCheck && !credit_; }
  bool computing() const { return step_ == Step::kCompute; }
  bool ended() const { return step_ == Step::kEnd; }
  /// Credits used, modulo 256 as in the RTL.
  std::uint8_t used() const { return used_; }

  Signal read;  ///< reads the input FIFO

 private:
  enum class Step { kWait, kEpoch, kEpochSample, kGroup, kCheck, kCompute, kEnd };

  WeavingShape shape_;
  const Fifo* input_;
  const ModelControl* model_;
  Step step_ = Step::kWait, next_step_ = Step::kWait;
  std::int64_t wait_ = 5;
  std::int64_t epoch_ = 0, group_ = 0, line_ = 0, groups_started_ = 0;
  std::uint8_t used_ = 0;
  bool more_ = true, next_more_ = true;
  std::array<bool, 3> delay_{};  // the comparison on its way to the states
  bool credit_ = false, compared_ = false, read_next_ = false;
};

/// Reads a group's lines again from the replay FIFO, one bit plane of one chunk a cycle, when its losses are
/// there.
class GradientControl {
 public:
  GradientControl(const WeavingShape& shape, const Signal& loss) : shape_(shape), loss_(&loss) {}

  void evaluate();
  void commit();
  void save(State& state) const;

  Signal read;  ///< reads the replay FIFO

 private:
  WeavingShape shape_;
  const Signal* loss_;
  std::int64_t chunks_left_ = 0, next_chunks_left_ = 0, bit_ = 0, next_bit_ = 0;
  bool next_read_ = false;
};

/// Watches the updated chunks go by, gives the dot product its credits (one a group) and has the model
/// written back at the end of an epoch.
class ModelControl {
 public:
  /// `chunk` pulses when an updated chunk is one cycle from being written; `chaining`: the credit comes with
  /// the last group's first chunk instead of its last.
  ModelControl(const WeavingShape& shape, bool chaining, const Signal& chunk, const Signal& written_back)
      : shape_(shape), chaining_(chaining), chunk_(&chunk), written_back_(&written_back) {}

  void evaluate();
  void commit();
  void save(State& state) const;
  /// The credits on their way, relative to those used: what decides, however many there have been.
  void save_credits(State& state, std::uint8_t used) const;
  Counter group_counter() { return {&group_, shape_.groups - 1}; }
  std::int64_t groups_updated() const { return groups_updated_; }
  /// Credits given, as the dot product sees them.
  std::uint8_t given() const { return given_[static_cast<std::size_t>(delay() - 1)]; }
  bool writing_back() const { return step_ == Step::kWriteBack; }

  Signal write_back;  ///< held while the model is to be written back

 private:
  enum class Step { kWait, kEpoch, kCheck, kPass, kUpdate, kWriteBack, kEnd };
  int delay() const { return chaining_ ? 5 : 2; }

  WeavingShape shape_;
  bool chaining_;
  const Signal* chunk_;
  const Signal* written_back_;
  Step step_ = Step::kWait, next_step_ = Step::kWait;
  std::int64_t wait_ = 4;
  std::int64_t epoch_ = 0, group_ = 0, batch_ = 0, chunks_ = 0, groups_updated_ = 0;
  std::int64_t next_group_ = 0, next_batch_ = 0, next_chunks_ = 0;
  bool first_chunk_ = false, next_first_chunk_ = false, more_ = true, next_more_ = true,
       next_write_back_ = false;
  std::uint8_t total_ = 0, next_total_ = 0;
  std::array<std::uint8_t, 5> given_{};  // registers between the count and the dot product
};

/// Writes the model back: four 64-byte lines a chunk.
class WeavingWriter {
 public:
  WeavingWriter(const WeavingShape& shape, const Signal& ask) : shape_(shape), ask_(&ask) {}

  void evaluate();
  void commit();
  void save(State& state) const;
  bool busy() const { return busy_ || holds_ || beat_ != 0 || before_write_ || write.value; }

  Signal done;   ///< the last chunk has been read
  Signal write;  ///< a write request

 private:
  WeavingShape shape_;
  const Signal* ask_;
  std::array<bool, 4> asked_{};  // registers behind the request
  bool asked_next_ = false;
  bool busy_ = false, read_ = false, next_read_ = false, next_busy_ = false, next_done_ = false;
  std::int64_t chunk_ = 0, next_chunk_ = 0;
  std::array<bool, 2> reading_{};  // the model memory's latency
  bool holds_ = false, next_holds_ = false, before_write_ = false, next_before_write_ = false;
  int beat_ = 0, next_beat_ = 0;
};

}  // namespace zipml::fpga
