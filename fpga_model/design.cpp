#include "fpga_model/design.h"

#include <cmath>
#include <stdexcept>

#include "engine/core/error.h"
#include "fpga_model/published_designs.h"

namespace zipml::fpga {
namespace {

void check_range(const std::string& design, const std::string& what, std::int64_t found, std::int64_t low,
                 std::int64_t high) {
  if (found >= low && found <= high) return;
  throw InputError(design + ": " + what + ": found " + std::to_string(found) + ", allowed " +
                   std::to_string(low) + ".." + std::to_string(high));
}

}  // namespace

void Design::run_arithmetic(HardwareArithmetic&, const Shape&, const Platform&, const ModelCallback&) const {
  throw std::logic_error(name() + " has no functional mode");
}

const std::vector<const Design*>& designs() {
  static const std::vector<const Design*> all{&harp_float(), &harp_q8(),    &harp_q4(),  &harp_q2(),
                                              &harp_q1(),    &pynq_float(), &pynq_q8(),  &pynq_q4(),
                                              &pynq_q2(),    &pynq_q1(),    &mlweaving()};
  return all;
}

const Design* find_design(const std::string& name) {
  for (const Design* design : designs()) {
    if (design->name() == name) return design;
  }
  return nullptr;
}

void check_common(const std::string& design, const Shape& shape, const Platform& platform) {
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  check_range(design, "rows", shape.rows, 1, kMost);
  check_range(design, "epochs", shape.epochs, 1, 16383);  // 14 bits in the published engines
  check_range(design, "batch", shape.batch, 1, 65536);
  const Memory& memory = platform.memory;
  check_range(design, "/memory/latency_cycles", memory.latency_cycles, 0, 1000000);
  check_range(design, "/memory/rate/0", memory.rate_lines, 1, 1000000);
  check_range(design, "/memory/rate/1", memory.rate_cycles, memory.rate_lines, 1000000);
  check_range(design, "/memory/max_outstanding", memory.max_outstanding, 0, 1000000);
  check_range(design, "/memory/stall/period", memory.stall_period, 0, 1000000);
  check_range(design, "/memory/stall/cycles", memory.stall_cycles, 0,
              std::max<std::int64_t>(memory.stall_period - 1, 0));
  check_range(design, "/input/gap/length", platform.gap.length, 0, 1000000);
  check_range(design, "/input/gap/after_words", platform.gap.after_words, 1, 1000000000);
  if (!(platform.clock_hz > 0) || !std::isfinite(platform.clock_hz)) {
    throw InputError(design + ": /clock_hz: found " + std::to_string(platform.clock_hz) +
                     ", allowed above 0");
  }
}

}  // namespace zipml::fpga
