#pragma once

#include <cstdint>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "fpga_model/fifo.h"
#include "fpga_model/parts.h"
#include "fpga_model/platform.h"
#include "fpga_model/run_log.h"
#include "fpga_model/simulator.h"
#include "fpga_model/stage_chain.h"
#include "fpga_model/stream.h"

namespace zipml::fpga {

/// What tells one PYNQ engine from another (the authors' RTL for the Zynq 7020).
struct PynqParameters {
  std::int64_t lines = 0;         ///< 64-bit words of a sample, its label word not counted
  std::int64_t model_words = 0;   ///< 32-bit words of the model that are read out
  std::int64_t fifo_depth = 0;    ///< sample FIFO, words
  std::vector<StageSpec> dot;     ///< input register to the adder tree's output
  std::vector<StageSpec> scalar;  ///< behind the accumulator: to the step size's multiplication
  std::vector<StageSpec> update;  ///< sample FIFO's read to the new model value
};

/// The engine's side of the stream. `ready` is the registered valid, closed while the model is read out, so
/// every gap of g >= 1 idle cycles costs g + 1. Words are the samples' lines, a label a sample and an end
/// word an epoch.
class InputGate {
 public:
  InputGate(std::int64_t lines, std::int64_t rows, const StreamSource& stream, const Signal& closed)
      : lines_(lines), rows_(rows), stream_(&stream), closed_(&closed) {}

  void evaluate() {
    taken_ = stream_->taken();
    next_ready_ = stream_->valid.value && !closed_->value;
    next_line_ = taken_ && sample_ < rows_ && word_ < lines_;
  }
  void commit() {
    ready.value = next_ready_;
    line.value = next_line_;
    if (!taken_) return;
    if (sample_ == rows_) {
      sample_ = 0;  // that was the end word
    } else if (++word_ > lines_) {
      word_ = 0;
      ++sample_;
    }
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(word_) << 2 | static_cast<std::uint64_t>(ready.value) << 1 |
                    static_cast<std::uint64_t>(line.value));
  }

  /// The end word changes hands at this edge.
  bool end_word() const { return sample_ == rows_ && stream_->taken(); }
  Counter sample_counter() { return {&sample_, rows_ - 1}; }

  Signal ready;
  Signal line;  ///< a line is in the input register

 private:
  std::int64_t lines_, rows_;
  const StreamSource* stream_;
  const Signal* closed_;
  std::int64_t word_ = 0, sample_ = 0;
  bool taken_ = false, next_ready_ = false, next_line_ = false;
};

/// Reads the model out at the end of an epoch, one word a cycle: when the end word has come and the epoch's
/// last update is done.
class ModelReader {
 public:
  ModelReader(std::int64_t lines, std::int64_t words, std::int64_t rows, const InputGate& gate,
              const Signal& update)
      : lines_(lines), words_(words), rows_(rows), gate_(&gate), update_(&update) {}

  void evaluate() {
    reading_ = closed.value && allowed_;
    finishing_ = reading_ && word_ == words_ - 1;
    updated_ = update_->value;
    sample_done_ = updated_ && line_ == lines_ - 1;
    end_word_ = gate_->end_word();
  }
  void commit() {
    if (updated_) line_ = sample_done_ ? 0 : line_ + 1;
    if (sample_done_) {
      ++samples_updated_;
      if (sample_ == rows_ - 1) allowed_ = true;
      sample_ = sample_ == rows_ - 1 ? 0 : sample_ + 1;
    }
    if (end_word_) closed.value = true;
    if (reading_) word_ = finishing_ ? 0 : word_ + 1;
    if (finishing_) closed.value = allowed_ = false;
    word.value = reading_;
  }
  void save(State& state) const {
    state.push_back(static_cast<std::uint64_t>(line_));
    state.push_back(static_cast<std::uint64_t>(word_) << 3 | static_cast<std::uint64_t>(closed.value) << 2 |
                    static_cast<std::uint64_t>(allowed_) << 1 | static_cast<std::uint64_t>(word.value));
  }

  bool reading() const { return closed.value && allowed_; }
  std::int64_t samples_updated() const { return samples_updated_; }
  Counter sample_counter() { return {&sample_, rows_ - 2}; }

  Signal closed;  ///< the end word has come, the model is not read out yet: no input
  Signal word;    ///< a word of the model is read

 private:
  std::int64_t lines_, words_, rows_;
  const InputGate* gate_;
  const Signal* update_;
  std::int64_t line_ = 0, sample_ = 0, samples_updated_ = 0, word_ = 0;
  bool allowed_ = false, reading_ = false, finishing_ = false, sample_done_ = false, updated_ = false,
       end_word_ = false;
};

/// A PYNQ engine: stream, input register, dot product, sample FIFO, update, read-out. It has no back-pressure
/// but the closed input, so the sample FIFO can overflow (FifoOverflow).
class PynqEngine {
 public:
  PynqEngine(const PynqParameters& p, const Shape& shape, const Platform& platform)
      : shape_(shape),
        model_words_(p.model_words),
        waits_for_gap_(platform.gap.length > 0),
        stream(shape.epochs * (shape.rows * (p.lines + 1) + 1), platform, gate.ready),
        gate(p.lines, shape.rows, stream, reader.closed),
        dot(p.dot, gate.line),
        sum(p.lines, dot.out()),
        scalar(p.scalar, sum.out),
        samples("sample FIFO", p.fifo_depth, 64, gate.line, scalar.out(), 1),
        update(p.update, scalar.out()),
        reader(p.lines, p.model_words, shape.rows, gate, update.out()),
        output("output FIFO", 4, 32, reader.word) {}
  PynqEngine(const PynqEngine&) = delete;
  PynqEngine& operator=(const PynqEngine&) = delete;

  auto parts() { return std::tie(stream, gate, dot, sum, scalar, samples, update, reader, output); }

  void observe(std::int64_t edge) {
    if (scalar.out().value && samples.level() == 0) throw std::logic_error("a scalar without its line");
    if (log.first_request < 0 && stream.valid.value) log.first_request = edge;
    const bool taken = stream.taken();
    if (log.interval_start < 0) {
      if (!taken) return;
      log.interval_start = edge;
    }
    log.count(taken, taken ? Stall::kCount : cause());
    words_in += taken ? 1 : 0;
    if (output.out.value && ++words_out_ == model_words_) {
      words_out_ = 0;
      log.epoch_ends.push_back(edge);
    }
  }

  bool done() const { return static_cast<std::int64_t>(log.epoch_ends.size()) == shape_.epochs; }
  std::int64_t milestone() const { return reader.samples_updated(); }
  std::int64_t epoch() const { return static_cast<std::int64_t>(log.epoch_ends.size()); }
  void start_period() {}
  std::vector<Counter> counters() {
    return {stream.words_counter(), gate.sample_counter(), reader.sample_counter()};
  }
  std::vector<std::int64_t*> statistics() { return linear_statistics(log, words_in, stages()); }
  std::vector<Stage*> stages() {
    std::vector<Stage*> all;
    for (StageChain* chain : {&dot, &scalar, &update}) {
      for (Stage& stage : chain->stages()) all.push_back(&stage);
    }
    all.push_back(&output);
    return all;
  }
  std::vector<const Fifo*> fifos() const { return {&samples}; }

 private:
  Shape shape_;
  std::int64_t model_words_, words_out_ = 0;
  bool waits_for_gap_;

 public:
  StreamSource stream;
  InputGate gate;
  StageChain dot;
  RepeatedSum sum;
  StageChain scalar;
  Fifo samples;
  StageChain update;
  ModelReader reader;
  Stage output;

  RunLog log;
  std::int64_t words_in = 0;

 private:
  Stall cause() const {
    if (reader.reading() || words_out_ > 0 || reader.word.value || !output.idle())
      return Stall::kModelWriteBack;
    if (reader.closed.value) return Stall::kPipelineDrain;
    return waits_for_gap_ ? Stall::kInputGap : Stall::kMemoryBandwidth;
  }
};

}  // namespace zipml::fpga
