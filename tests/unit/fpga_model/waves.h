#pragma once

#include <map>
#include <string>
#include <vector>

#include "fpga_model/design.h"

namespace zipml::fpga {

/// The edges at which each one-bit wave of a run is up.
using Waves = std::map<std::string, std::vector<std::int64_t>>;

inline Waves record(const Design& design, const Shape& shape, const Platform& platform,
                    const DesignOptions& options = {}) {
  Waves waves;
  std::vector<Probe> probes;
  design.trace(
      shape, platform, options, 1'000'000, [&](const std::vector<Probe>& all) { probes = all; },
      [&](std::int64_t edge) {
        for (const Probe& probe : probes) {
          if (probe.bits == 1 && probe.read() != 0) waves[probe.name].push_back(edge);
        }
      });
  return waves;
}

/// The edges as offsets from `origin`.
inline std::vector<std::int64_t> relative(std::vector<std::int64_t> edges, std::int64_t origin) {
  for (std::int64_t& edge : edges) edge -= origin;
  return edges;
}

}  // namespace zipml::fpga
