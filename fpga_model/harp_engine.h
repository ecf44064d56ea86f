#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "fpga_model/fifo.h"
#include "fpga_model/memory_port.h"
#include "fpga_model/model_store.h"
#include "fpga_model/parts.h"
#include "fpga_model/platform.h"
#include "fpga_model/requester.h"
#include "fpga_model/run_log.h"
#include "fpga_model/simulator.h"
#include "fpga_model/stage_chain.h"

namespace zipml::fpga {

/// What tells one HARP v1 engine from another (arXiv:1611.05402 appendix K and the authors' RTL). One "beat"
/// is what the pipeline works on in a cycle: a 64-byte line, for Q1 half of one.
struct HarpParameters {
  std::int64_t beats_per_line = 1;  ///< 2 for Q1
  std::int64_t lines = 0;           ///< 64-byte lines of a sample
  std::int64_t write_lines = 0;     ///< 64-byte lines of the model
  std::int64_t credit = 502;        ///< lines under way or buffered at most
  std::int64_t sample_fifo = 512;   ///< beats
  std::int64_t start_delay = 1;     ///< cycles from start to the first request
  int beat_bits = 512;              ///< what the sample FIFO stores of a beat
  std::vector<StageSpec> dot;       ///< line register to the adder tree's output
  std::vector<StageSpec>
      scalar;  ///< behind the accumulator's repeated sum: to the step size's multiplication
  std::vector<StageSpec> read_lead;  ///< repeated sum to the sample FIFO's read; may be empty
  std::vector<StageSpec> update;     ///< sample FIFO's output to the model's subtraction
};

/// The line register in front of the pipeline: a line a cycle.
class DirectFront {
 public:
  DirectFront(const HarpParameters&, const Signal& reordered) : line_("line register", 1, 512, reordered) {}

  static constexpr int kMemoryToBeat = 3;  ///< cycles from a response to the beat it becomes

  auto parts() { return std::tie(line_); }
  const Signal& beat() const { return line_.out; }
  /// The lines that count against the credit are those in the sample FIFO.
  const Fifo& credit_buffer(const Fifo& samples) const { return samples; }
  std::vector<Stage*> stages() { return {&line_}; }
  std::vector<const Fifo*> fifos() const { return {}; }

 private:
  Stage line_;
};

/// Q1: whole lines wait in a FIFO of their own and are read every other cycle, each giving two half lines.
/// The reader goes by the FIFO's registered empty flag, so now and then it reads an empty FIFO and loses a
/// turn.
class SplitFront {
 public:
  SplitFront(const HarpParameters& p, const Signal& reordered)
      : line_("line register", 1, 512, reordered),
        split_("split FIFO", p.sample_fifo, 512, line_.out, reader_.read, 3),
        reader_(p.beats_per_line, split_.empty),
        halves_(p.beats_per_line, split_.out) {}
  SplitFront(const SplitFront&) = delete;
  SplitFront& operator=(const SplitFront&) = delete;

  static constexpr int kMemoryToBeat = 10;

  auto parts() { return std::tie(line_, split_, reader_, halves_); }
  const Signal& beat() const { return halves_.out; }
  const Fifo& credit_buffer(const Fifo&) const { return split_; }
  std::vector<Stage*> stages() { return {&line_}; }
  std::vector<const Fifo*> fifos() const { return {&split_}; }

 private:
  class Reader {
   public:
    Reader(std::int64_t parts, const Signal& empty) : parts_(parts), empty_(&empty) {}
    void evaluate() {
      next_ = !empty_->value && rest_ == 0;
      next_rest_ = next_ ? parts_ - 1 : std::max<std::int64_t>(rest_ - 1, 0);
    }
    void commit() {
      read.value = next_;
      rest_ = next_rest_;
    }
    void save(State& state) const {
      state.push_back(static_cast<std::uint64_t>(rest_) << 1 | static_cast<std::uint64_t>(read.value));
    }
    Signal read;

   private:
    std::int64_t parts_;
    const Signal* empty_;
    std::int64_t rest_ = 0, next_rest_ = 0;
    bool next_ = false;
  };

  Stage line_;
  Fifo split_;
  Reader reader_;
  Repeater halves_;
};

/// A HARP v1 engine: requests, memory, reorder buffer, line register (Front), dot product, sample FIFO,
/// update and write-back. It never waits for the model; lines stop only for the credit and for the end of an
/// epoch.
template <class Front>
class HarpEngine {
 public:
  HarpEngine(const HarpParameters& p, const Shape& shape, const Platform& platform)
      : beats_(p.lines * p.beats_per_line),
        write_lines_(p.write_lines),
        epochs_(shape.epochs),
        request_path(shell(platform, {"page table, request FIFO", 11, 64}), requester.request),
        memory(platform.memory, request_path.out()),
        waits(memory, Front::kMemoryToBeat - 1 + (platform.shell ? 1 : 0)),
        response_path(shell(platform, {"response register", 1, 512}), memory.response),
        reorder("reorder buffer", 2, 512, response_path.out()),
        front(p, reorder.out),
        dot(p.dot, front.beat()),
        sum(beats_, dot.out()),
        repeat(beats_, sum.out),
        scalar(p.scalar, repeat.out),
        read_lead(p.read_lead, repeat.out),
        samples("sample FIFO", p.sample_fifo, p.beat_bits, front.beat(), read_lead.out(), 3),
        update(p.update, samples.out),
        writer(beats_, p.write_lines, shape.rows, shape.epochs, update.out()),
        write_path(shell(platform, {"write FIFO, page table", 10, 512}), writer.write),
        requester(p.lines * shape.rows, p.credit, p.start_delay, reorder.out, front.credit_buffer(samples),
                  memory, writer) {}
  HarpEngine(const HarpEngine&) = delete;
  HarpEngine& operator=(const HarpEngine&) = delete;

  auto parts() {
    return std::tuple_cat(std::tie(requester, request_path, memory, waits, response_path, reorder),
                          front.parts(),
                          std::tie(dot, sum, repeat, scalar, read_lead, samples, update, writer, write_path));
  }

  void observe(std::int64_t edge) {
    if (samples.out.value != scalar.out().value) throw std::logic_error("a line missed its scalar");
    if (log.first_request < 0 && requester.request.value) log.first_request = edge;
    if (log.interval_start < 0) {
      if (!memory.response.value) return;
      log.first_response = log.interval_start = edge;
    }
    if (write_path.out().value && ++writes_ == write_lines_) {
      writes_ = 0;
      log.epoch_ends.push_back(edge);
    }
    const bool busy = front.beat().value;
    log.count(busy, busy ? Stall::kCount : cause());
    lines_read += memory.response.value ? 1 : 0;
  }

  bool done() const { return static_cast<std::int64_t>(log.epoch_ends.size()) == epochs_; }
  std::int64_t milestone() const { return writer.samples_updated(); }
  std::int64_t epoch() const { return writer.epochs_done(); }
  void start_period() { memory.start_period(); }
  std::vector<Counter> counters() {
    return {requester.requested_counter(), requester.completed_counter(), writer.sample_counter(),
            memory.backlog()};
  }
  std::vector<std::int64_t*> statistics() { return linear_statistics(log, lines_read, stages()); }
  /// In the order a line passes them.
  std::vector<Stage*> stages() {
    std::vector<Stage*> all{&reorder};
    for (Stage* stage : front.stages()) all.push_back(stage);
    for (StageChain* chain : {&dot, &scalar, &update}) {
      for (Stage& stage : chain->stages()) all.push_back(&stage);
    }
    return all;
  }
  std::vector<const Fifo*> fifos() const {
    std::vector<const Fifo*> all = front.fifos();
    all.push_back(&samples);
    return all;
  }

 private:
  static std::vector<StageSpec> shell(const Platform& platform, const StageSpec& spec) {
    return platform.shell ? std::vector<StageSpec>{spec} : std::vector<StageSpec>{};
  }

  std::int64_t beats_, write_lines_, epochs_, writes_ = 0;

 public:
  StageChain request_path;
  MemoryPort memory;
  WaitHistory waits;
  StageChain response_path;
  Stage reorder;
  Front front;
  StageChain dot;
  Accumulator sum;
  Repeater repeat;
  StageChain scalar, read_lead;
  Fifo samples;
  StageChain update;
  ModelWriter writer;
  StageChain write_path;
  LineRequester requester;

  RunLog log;
  std::int64_t lines_read = 0;

 private:
  Stall cause() const {
    if (writer.writing() || writes_ > 0) return Stall::kModelWriteBack;
    if (waits.wait() == MemoryWait::kBandwidth) return Stall::kMemoryBandwidth;
    if (waits.wait() == MemoryWait::kLatency) return Stall::kMemoryLatency;
    if (requester.all_completed() || !reorder.idle() || memory.response.value) return Stall::kPipelineDrain;
    return requester.has_credit() ? Stall::kMemoryLatency : Stall::kFifoFull;
  }
};

}  // namespace zipml::fpga
