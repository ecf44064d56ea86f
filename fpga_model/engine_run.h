#pragma once

#include <string>

#include "engine/core/error.h"
#include "fpga_model/cycle_report.h"
#include "fpga_model/fifo.h"
#include "fpga_model/simulator.h"

namespace zipml::fpga {

/// Runs an engine to its end and fills what every report has. Bytes are the design's to add.
/// `why` says what a user can do about a shape that overflows or deadlocks.
template <class Engine>
CycleReport run_engine(Engine& engine, const SimulationOptions& options, std::int64_t patience,
                       const std::string& design, const std::string& why) {
  CycleReport report;
  Simulator simulator(engine);
  try {
    report.simulated_cycles = simulator.run(options, patience);
  } catch (const FifoOverflow& overflow) {
    throw InputError(design + ": the published engine overflows its " + overflow.what() +
                     " for this shape; " + why);
  } catch (const Deadlock&) {
    throw InputError(design + ": the published engine hangs for this shape; " + why);
  }
  const RunLog& log = engine.log;
  std::int64_t before = log.interval_start - 1;
  for (const std::int64_t end : log.epoch_ends) {
    report.cycles_per_epoch.push_back(end - before);
    before = end;
  }
  report.cycles_total = before - log.interval_start + 1;
  report.cycles_from_first_request = before - log.first_request + 1;
  report.busy_cycles = log.busy;
  report.stalls = log.stalls;
  for (Stage* stage : engine.stages()) {
    report.stages.push_back({stage->name(), stage->latency(), stage->width_bits(),
                             static_cast<double>(stage->items()) / static_cast<double>(report.cycles_total)});
  }
  for (const Fifo* fifo : engine.fifos()) report.fifos.push_back({fifo->name(), fifo->depth(), fifo->peak()});
  return report;
}

}  // namespace zipml::fpga
