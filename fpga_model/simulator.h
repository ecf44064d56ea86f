#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fpga_model/cycle_report.h"
#include "fpga_model/parts.h"
#include "fpga_model/run_log.h"

namespace zipml::fpga {

/// One value of a waveform.
struct Probe {
  std::string name;
  int bits;  ///< width in a waveform file
  std::function<std::int64_t()> read;
};

/// How a run is simulated.
struct SimulationOptions {
  bool skip_periods = true;  ///< false: every edge is worked through; the result is the same
  /// Called at every edge before the parts change (nullptr = never). Switches the skipping off.
  std::function<void(std::int64_t edge)> watch;
};

/// The engine stopped moving: the published design deadlocks for this shape.
class Deadlock : public std::runtime_error {
 public:
  Deadlock() : std::runtime_error("the design deadlocks") {}
};

/// Clocks a design until it is done.
///
/// A Design has parts() (a tuple of references to its parts), observe(edge) (reads the values before the edge
/// and writes its RunLog), done(), milestone() (a count that grows while an epoch runs), counters() and
/// statistics() (what moves by a fixed step in every period), epoch() and start_period().
template <class Design>
class Simulator {
 public:
  explicit Simulator(Design& design) : design_(design) {}

  /// Runs to the end; returns the number of edges worked through. Deadlock when nothing moves for `patience`
  /// edges.
  std::int64_t run(const SimulationOptions& options, std::int64_t patience) {
    skipping_ = options.skip_periods && !options.watch;
    std::int64_t last_milestone = design_.milestone();
    std::int64_t quiet = 0;
    while (!design_.done()) {
      if (options.watch) options.watch(edge_);
      design_.observe(edge_);
      tick();
      ++edge_;
      ++worked_;
      if (design_.milestone() == last_milestone) {
        if (++quiet > patience) throw Deadlock();
        continue;
      }
      quiet = 0;
      last_milestone = design_.milestone();
      if (skipping_) look_for_period();
    }
    return worked_;
  }

  /// One clock edge: every part evaluates, then every part commits.
  void tick() {
    auto parts = design_.parts();
    std::apply([](auto&... part) { (part.evaluate(), ...); }, parts);
    std::apply([](auto&... part) { (part.commit(), ...); }, parts);
  }

 private:
  // Brent's method: keep one snapshot, compare every milestone with it, replace it after 1, 2, 4, ...
  // milestones.
  void look_for_period() {
    if (design_.epoch() != epoch_) {
      epoch_ = design_.epoch();
      has_snapshot_ = false;
    }
    save(state_);
    if (has_snapshot_ && state_ == snapshot_) {
      skip();
      has_snapshot_ = false;
    }
    if (!has_snapshot_) {
      reach_ = 1;
      since_ = 0;
      take_snapshot();
    } else if (++since_ >= reach_) {
      reach_ *= 2;
      since_ = 0;
      take_snapshot();
    }
  }

  void take_snapshot() {
    std::swap(snapshot_, state_);
    has_snapshot_ = true;
    snapshot_edge_ = edge_;
    values_.clear();
    for (const Counter& counter : design_.counters()) values_.push_back(*counter.value);
    statistics_.clear();
    for (const std::int64_t* value : design_.statistics()) statistics_.push_back(*value);
    design_.start_period();
  }

  void skip() {
    const std::vector<Counter> counters = design_.counters();
    std::int64_t periods = INT64_MAX;
    for (std::size_t i = 0; i < counters.size(); ++i) {
      const std::int64_t step = *counters[i].value - values_[i];
      if (step == 0) continue;
      if (counters[i].least != nullptr && *counters[i].least < 1) return;
      if (step > 0) periods = std::min(periods, (counters[i].high - *counters[i].value) / step);
      if (step < 0) periods = std::min(periods, counters[i].least ? (*counters[i].least - 1) / -step : 0);
    }
    if (periods < 1 || periods == INT64_MAX) return;
    for (std::size_t i = 0; i < counters.size(); ++i) {
      *counters[i].value += periods * (*counters[i].value - values_[i]);
    }
    const std::vector<std::int64_t*> statistics = design_.statistics();
    for (std::size_t i = 0; i < statistics.size(); ++i)
      *statistics[i] += periods * (*statistics[i] - statistics_[i]);
    edge_ += periods * (edge_ - snapshot_edge_);
  }

  void save(State& state) {
    state.clear();
    auto parts = design_.parts();
    std::apply([&state](auto&... part) { (part.save(state), ...); }, parts);
  }

  Design& design_;
  std::int64_t edge_ = 0, worked_ = 0;
  bool skipping_ = true, has_snapshot_ = false;
  std::int64_t epoch_ = 0, reach_ = 1, since_ = 0, snapshot_edge_ = 0;
  State state_, snapshot_;
  std::vector<std::int64_t> values_, statistics_;
};

}  // namespace zipml::fpga
