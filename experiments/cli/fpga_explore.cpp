#include "experiments/cli/fpga_explore.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>
#include <tuple>

#include "engine/core/error.h"
#include "fpga_model/harp_design.h"
#include "fpga_model/published_designs.h"

namespace zipml {
namespace {

constexpr double kLineBytes = 64;

// Lines a cycle as a rational, to a part in ten thousand; the engine cannot take more than one.
void set_rate(fpga::Memory& memory, double lines_per_cycle) {
  constexpr std::int64_t kParts = 10000;
  const auto lines = std::clamp<std::int64_t>(std::llround(lines_per_cycle * kParts), 1, kParts);
  const std::int64_t common = std::gcd(lines, kParts);
  memory.rate_lines = lines / common;
  memory.rate_cycles = kParts / common;
}

Candidate simulate(const fpga::Shape& shape, const fpga::Platform& platform, std::int64_t bits,
                   std::int64_t split) {
  const fpga::HarpDesign design = fpga::harp_like(bits, split);
  const fpga::CycleReport report = design.simulate(shape, platform, {}, {});
  const fpga::Resources resources = design.resources({});
  Candidate candidate;
  candidate.bits = bits;
  candidate.lanes = design.lanes();
  candidate.clock_hz = platform.clock_hz;
  candidate.multipliers = resources.float_multipliers + resources.integer_multipliers;
  candidate.adders = resources.adders + resources.float_adders;
  candidate.seconds = static_cast<double>(report.cycles_total) / platform.clock_hz;
  candidate.binds = fpga::what_binds(report);
  return candidate;
}

// No worse in anything and better in something. More bits are better: fewer bits lose nothing only with more
// samples.
bool beats(const Candidate& a, const Candidate& b) {
  if (a.clock_hz != b.clock_hz || a.gb_per_s != b.gb_per_s) return false;
  const bool no_worse =
      a.seconds <= b.seconds && a.multipliers <= b.multipliers && a.adders <= b.adders && a.bits >= b.bits;
  return no_worse && std::tie(a.seconds, a.multipliers, a.adders, a.bits) !=
                         std::tie(b.seconds, b.multipliers, b.adders, b.bits);
}

std::string number(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

}  // namespace

std::vector<Candidate> explore_candidates(const fpga::Shape& shape, const fpga::Platform& base) {
  const double bytes_per_second = kLineBytes * base.clock_hz * static_cast<double>(base.memory.rate_lines) /
                                  static_cast<double>(base.memory.rate_cycles);
  std::vector<Candidate> all;
  std::string refused;
  for (const double clock : {0.5, 1.0, 2.0}) {
    for (const double bandwidth : {0.5, 1.0, 2.0, 4.0}) {
      fpga::Platform platform = base;
      platform.clock_hz = base.clock_hz * clock;
      const double gb_per_s = bytes_per_second * bandwidth / 1e9;
      set_rate(platform.memory, gb_per_s * 1e9 / kLineBytes / platform.clock_hz);
      for (const std::int64_t bits : {32, 8, 4, 2, 1}) {
        for (const std::int64_t split : {1, 2, 4, 8}) {
          try {
            all.push_back(simulate(shape, platform, bits, split));
            all.back().gb_per_s = gb_per_s;
          } catch (const InputError& error) {
            refused = error.what();
          }
        }
      }
    }
  }
  if (all.empty()) throw InputError("zipml fpga --explore: no engine can run this shape: " + refused);
  return all;
}

std::vector<Candidate> pareto_front(const std::vector<Candidate>& candidates) {
  std::vector<Candidate> best;
  for (const Candidate& candidate : candidates) {
    const bool beaten = std::any_of(candidates.begin(), candidates.end(),
                                    [&](const Candidate& other) { return beats(other, candidate); });
    if (!beaten) best.push_back(candidate);
  }
  std::stable_sort(best.begin(), best.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.clock_hz, a.gb_per_s, a.seconds) < std::tie(b.clock_hz, b.gb_per_s, b.seconds);
  });
  return best;
}

std::string explore_table(const std::vector<Candidate>& candidates) {
  std::string out = "clock MHz   GB/s  bits  lanes  multipliers  adders      seconds  binds\n";
  for (const Candidate& c : candidates) {
    out += number("%9.4g", c.clock_hz / 1e6) + number(" %6.3g", c.gb_per_s) +
           number("  %4.0f", static_cast<double>(c.bits)) + number("  %5.0f", static_cast<double>(c.lanes)) +
           number("  %11.0f", static_cast<double>(c.multipliers)) +
           number("  %6.0f", static_cast<double>(c.adders)) + number("  %11.5g", c.seconds) + "  " + c.binds +
           "\n";
  }
  return out;
}

std::string explore_json(const std::vector<Candidate>& candidates) {
  nlohmann::json list = nlohmann::json::array();
  for (const Candidate& c : candidates) {
    list.push_back({{"clock_hz", c.clock_hz},
                    {"gb_per_s", c.gb_per_s},
                    {"bits", c.bits},
                    {"lanes", c.lanes},
                    {"multipliers", c.multipliers},
                    {"adders", c.adders},
                    {"seconds", c.seconds},
                    {"binds", c.binds}});
  }
  return list.dump(1, ' ') + "\n";
}

}  // namespace zipml
