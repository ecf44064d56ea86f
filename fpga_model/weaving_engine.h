#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "fpga_model/run_log.h"
#include "fpga_model/simulator.h"
#include "fpga_model/stage_chain.h"
#include "fpga_model/weaving_parts.h"

namespace zipml::fpga {

/// MLWeaving's synchronous any-precision engine (Wang et al., PVLDB 12(7), 2019; the authors' RTL for HARP
/// v2).
class WeavingEngine {
 public:
  /// `may_rest`: the requester rests when that changes nothing (see WeavingRequester), so that runs become
  /// periodic.
  WeavingEngine(const WeavingShape& shape, bool chaining, const Memory& memory_model, bool may_rest)
      : requester(shape, memory, may_rest ? memory_model.latency_cycles + kEnoughAnswers : INT64_MAX),
        memory(memory_model, requester.request, &ready.ready),
        dispatch(shape, memory, ready.ready),
        waits(memory, 3),
        entry({{"dispatch", 1, 512}}, dispatch.line),
        input("input FIFO", 512, 512, entry.out(), control.read, 2),
        ready(input, 504),
        control(shape, input, model),
        dot({{"feed", 1, 512}, {"8 adder trees of 64", 6, 8 * 64 * 32}}, input.out),
        sum(shape.lines(), dot.out()),
        loss({{"shift and sum", 1, 8 * 36}, {"minus label, times step", 5, 8 * 32}}, sum.out),
        gradient(shape, loss.out()),
        replay_entry({{"replay registers", 2, 512}}, input.out),
        replay("replay FIFO", 2048, 512, replay_entry.out(), gradient.read, 2),
        product({{"loss times bit", 4, 512 * 32}, {"64 adder trees of 8", 3, 64 * 8 * 32}}, gradient.read),
        planes(shape.bits, product.out()),
        update(
            {{"sum of planes", 1, 64 * 36}, {"model subtraction", 4, 64 * 32}, {"model write", 1, 64 * 32}},
            planes.out),
        model(shape, chaining, update.out(), writer.done),
        writer(shape, model.write_back),
        epochs_(shape.epochs),
        write_lines_(4 * shape.chunks) {}
  WeavingEngine(const WeavingEngine&) = delete;
  WeavingEngine& operator=(const WeavingEngine&) = delete;

  auto parts() {
    return std::tie(requester, memory, dispatch, waits, entry, input, ready, control, dot, sum, loss,
                    gradient, replay_entry, replay, product, planes, update, model, writer);
  }

  void observe(std::int64_t edge) {
    if (log.interval_start < 0) {
      if (!requester.request.value) return;
      log.first_request = log.interval_start = edge;
    }
    if (log.first_response < 0 && memory.response.value) log.first_response = edge;
    const bool busy = control.read.value;
    log.count(busy, busy ? Stall::kCount : cause());
    lines_read += memory.response.value && ready.ready.value ? 1 : 0;
    if (writer.write.value && ++writes_ == write_lines_) {
      writes_ = 0;
      log.epoch_ends.push_back(edge);
    }
  }

  bool done() const { return static_cast<std::int64_t>(log.epoch_ends.size()) == epochs_; }
  std::int64_t milestone() const { return control.groups_started() + model.groups_updated(); }
  std::int64_t epoch() const { return control.epoch(); }
  void start_period() { memory.start_period(); }
  std::vector<Counter> counters() {
    return {requester.group_counter(), dispatch.group_counter(), control.group_counter(),
            model.group_counter(), memory.backlog()};
  }
  std::vector<std::int64_t*> statistics() { return linear_statistics(log, lines_read, stages()); }
  std::vector<Stage*> stages() {
    std::vector<Stage*> all;
    for (StageChain* chain : {&entry, &dot, &loss, &product, &update}) {
      for (Stage& stage : chain->stages()) all.push_back(&stage);
    }
    return all;
  }
  std::vector<const Fifo*> fifos() const { return {&input, &replay}; }

  WeavingRequester requester;
  MemoryPort memory;
  WeavingDispatch dispatch;
  WaitHistory waits;
  StageChain entry;
  Fifo input;
  ReadyFlag ready;
  DotControl control;
  StageChain dot;
  Accumulator sum;
  StageChain loss;
  GradientControl gradient;
  StageChain replay_entry;
  Fifo replay;
  StageChain product;
  Accumulator planes;
  StageChain update;
  ModelControl model;
  WeavingWriter writer;

  RunLog log;
  std::int64_t lines_read = 0;

 private:
  // Eight times what the input FIFO holds.
  static constexpr std::int64_t kEnoughAnswers = 4096;

  Stall cause() const {
    if (model.writing_back() || writer.busy()) return Stall::kModelWriteBack;
    if (control.waits_for_credit()) return Stall::kBatchDependency;
    if (!control.computing()) return Stall::kControl;
    return waits.wait() == MemoryWait::kBandwidth ? Stall::kMemoryBandwidth : Stall::kMemoryLatency;
  }

  std::int64_t epochs_, write_lines_, writes_ = 0;
};

}  // namespace zipml::fpga
