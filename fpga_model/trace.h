#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fpga_model/simulator.h"

namespace zipml::fpga {

/// Works through the first `cycles` edges of an engine (fewer if it is done): `header` once, then `row` at
/// each edge, while the probes read the values before it.
template <class Engine>
void trace_engine(Engine& engine, const std::vector<Probe>& probes, std::int64_t cycles,
                  const std::function<void(const std::vector<Probe>&)>& header,
                  const std::function<void(std::int64_t)>& row) {
  header(probes);
  Simulator simulator(engine);
  for (std::int64_t edge = 0; edge < cycles && !engine.done(); ++edge) {
    row(edge);
    engine.observe(edge);
    simulator.tick();
  }
}

/// A wave of one bit.
inline Probe flag(std::string name, const Signal& signal) {
  return {std::move(name), 1, [&signal] { return static_cast<std::int64_t>(signal.value); }};
}

}  // namespace zipml::fpga
