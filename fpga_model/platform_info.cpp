#include "fpga_model/platform_info.h"

#include "fpga_model/design.h"

namespace zipml::fpga {
namespace {

constexpr double kMostCycles = 1e6;

ParameterInfo cycles(std::string key, std::string doc, std::int64_t fallback, double min = 0,
                     double max = kMostCycles) {
  return {.key = std::move(key),
          .type = ParameterType::integer,
          .doc = std::move(doc),
          .fallback = fallback,
          .min = min,
          .max = max};
}

ParameterInfo word(std::string key, std::string doc) {
  return {
      .key = std::move(key), .type = ParameterType::text, .doc = std::move(doc), .fallback = std::string()};
}

ParameterInfo yes_or_no(std::string key, std::string doc) {
  return {.key = std::move(key), .type = ParameterType::boolean, .doc = std::move(doc), .fallback = false};
}

}  // namespace

const ComponentInfo& platform_info() {
  static const ComponentInfo info{
      "platform",
      "a board: its clock and what feeds the engine",
      {word("name", "what tables call it"),
       word("about", "a sentence for people"),
       word("source", "where the numbers come from"),
       {.key = "clock_hz", .doc = "clock, cycles a second", .fallback = 200e6, .min = 0, .above_min = true},
       yes_or_no("clock_confirmed", "the clock is published or measured"),
       yes_or_no("rate_confirmed", "the memory rate is published or measured"),
       yes_or_no("shell", "HARP v1: with the page-table shell around the engine")}};
  return info;
}

const ComponentInfo& memory_info() {
  static const ComponentInfo info{
      "memory",
      "an in-order memory of 64-byte lines (PYNQ: of 8-byte words)",
      {cycles("latency_cycles", "from a request to the earliest answer, cycles", 40),
       {.key = "rate",
        .type = ParameterType::integer_list,
        .doc = "[a, b]: at most a lines in b cycles, a <= b, as a token bucket",
        .fallback = std::vector<std::int64_t>{1, 1},
        .min = 1,
        .max = kMostCycles},
       cycles("max_outstanding", "requests without answer before the engine must wait; 0 = no limit", 0)}};
  return info;
}

const ComponentInfo& stall_info() {
  static const ComponentInfo info{"stall",
                                  "a memory that answers nothing during the first cycles of every period",
                                  {cycles("period", "cycles; 0 = never", 0),
                                   cycles("cycles", "of each period, fewer than the period", 0)}};
  return info;
}

const ComponentInfo& gap_info() {
  static const ComponentInfo info{"gap",
                                  "idle cycles of a streamed input (PYNQ)",
                                  {cycles("length", "idle cycles; 0 = none", 0),
                                   cycles("after_words", "words taken between two gaps", 1, 1, 1e9)}};
  return info;
}

Parameters platform_parameters(const Platform& platform) {
  Parameters p;
  p.set("name", platform.name);
  p.set("about", std::string());
  p.set("source", platform.source);
  p.set("clock_hz", platform.clock_hz);
  p.set("clock_confirmed", platform.clock_confirmed);
  p.set("rate_confirmed", platform.rate_confirmed);
  p.set("shell", platform.shell);
  return p;
}

Parameters memory_parameters(const Memory& memory) {
  Parameters p;
  p.set("latency_cycles", memory.latency_cycles);
  p.set("rate", std::vector<std::int64_t>{memory.rate_lines, memory.rate_cycles});
  p.set("max_outstanding", memory.max_outstanding);
  return p;
}

Parameters stall_parameters(const Memory& memory) {
  Parameters p;
  p.set("period", memory.stall_period);
  p.set("cycles", memory.stall_cycles);
  return p;
}

Parameters gap_parameters(const InputGap& gap) {
  Parameters p;
  p.set("length", gap.length);
  p.set("after_words", gap.after_words);
  return p;
}

Platform make_platform(const Parameters& platform, const Parameters& memory, const Parameters& stall,
                       const Parameters& gap) {
  Platform p;
  p.name = platform.text("name");
  p.source = platform.text("source");
  p.clock_hz = platform.number("clock_hz");
  p.clock_confirmed = platform.boolean("clock_confirmed");
  p.rate_confirmed = platform.boolean("rate_confirmed");
  p.shell = platform.boolean("shell");
  p.memory.latency_cycles = memory.integer("latency_cycles");
  p.memory.rate_lines = memory.integers("rate").at(0);
  p.memory.rate_cycles = memory.integers("rate").at(1);
  p.memory.max_outstanding = memory.integer("max_outstanding");
  p.memory.stall_period = stall.integer("period");
  p.memory.stall_cycles = stall.integer("cycles");
  p.gap.length = gap.integer("length");
  p.gap.after_words = gap.integer("after_words");
  return p;
}

const ComponentFamily& design_family() {
  static const ComponentFamily family = [] {
    ComponentFamily all{"designs", "published FPGA engines, for `zipml fpga` and a config's \"fpga\"", {}};
    for (const Design* design : designs()) {
      ComponentInfo info{design->name(), design->doc(), {}};
      if (design->chooses_bits()) {
        info.parameters.push_back({.key = "bits",
                                   .type = ParameterType::integer,
                                   .doc = "bit planes read",
                                   .fallback = std::int64_t{8},
                                   .min = 1,
                                   .max = 32});
        info.parameters.push_back({.key = "chaining",
                                   .type = ParameterType::boolean,
                                   .doc = "the next batch starts after the first updated chunk",
                                   .fallback = true});
      }
      all.members.push_back(std::move(info));
    }
    return all;
  }();
  return family;
}

}  // namespace zipml::fpga
