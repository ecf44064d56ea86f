#include "fpga_model/harp_design.h"

#include <algorithm>
#include <bit>

#include "fpga_model/engine_run.h"
#include "fpga_model/trace.h"

namespace zipml::fpga {
namespace {

constexpr std::int64_t kLineBytes = 64;
constexpr std::int64_t kModelFeatures = 8192;  // MAX_DIMENSION_BITS = 13 in the published top level
constexpr int kReorderLatency = 2;

// Nothing can take longer than a memory round trip, a sample and the write-back.
std::int64_t patience(const HarpParameters& p, const Memory& memory) {
  return memory.latency_cycles + (memory.rate_cycles + memory.stall_cycles) * (p.lines + 600) +
         4 * (p.lines * p.beats_per_line + p.write_lines) + 1000;
}

// What the rate allows: the (i + 1)-th line of a burst that starts with a full bucket comes this many cycles
// after the first.
std::int64_t arrival(std::int64_t line, const Memory& memory) {
  return line * memory.rate_cycles / memory.rate_lines;
}

}  // namespace

std::int64_t HarpDesign::lines(std::int64_t features) const {
  const std::int64_t v = d_.values_per_line;
  return floating() ? features / v + 1 : (features + v - 1) / v;
}

HarpParameters HarpDesign::parameters(std::int64_t features) const {
  HarpParameters p;
  p.beats_per_line = d_.beats_per_line;
  p.lines = lines(features);
  p.write_lines = p.lines * d_.values_per_line / 16;
  p.credit = d_.credit;
  p.sample_fifo = d_.sample_fifo;
  p.start_delay = d_.start_delay;
  p.beat_bits = static_cast<int>(floating() ? 512 : d_.bits * d_.values_per_line / d_.beats_per_line);
  p.dot = d_.dot;
  p.scalar = d_.scalar;
  p.read_lead = d_.read_lead;
  p.update = d_.update;
  return p;
}

Platform HarpDesign::default_platform() const {
  Platform platform;
  platform.name = "harp";
  platform.source = "defaults: one line a cycle, 40 cycles latency; clock from memory of the FCCM 2017 paper";
  return platform;
}

void HarpDesign::check(const Shape& shape, const DesignOptions&) const {
  const std::int64_t most = floating() ? (d_.credit + 1) * d_.values_per_line - 1 : kModelFeatures;
  if (shape.features >= 1 && shape.features <= most) return;
  const std::string why = floating()
                              ? "a longer sample fills the sample FIFO and the published engine deadlocks"
                              : "the model store holds " + std::to_string(kModelFeatures) + " values";
  throw InputError(d_.name + ": features: found " + std::to_string(shape.features) + ", allowed 1.." +
                   std::to_string(most) + " (" + why + ")");
}

namespace {

template <class Front>
CycleReport run_harp(const std::string& name, const HarpParameters& p, const Shape& shape,
                     const Platform& platform, const SimulationOptions& simulation) {
  HarpEngine<Front> engine(p, shape, platform);
  CycleReport report =
      run_engine(engine, simulation, patience(p, platform.memory), name, "use fewer features");
  report.bytes_read = engine.lines_read * kLineBytes;
  report.bytes_written = shape.epochs * p.write_lines * kLineBytes;
  return report;
}

template <class Front>
std::vector<Probe> probes(const HarpEngine<Front>& engine) {
  return {flag("read_request", engine.requester.request),
          flag("read_response", engine.memory.response),
          flag("beat", engine.front.beat()),
          flag("sum", engine.sum.out),
          flag("scalar", engine.scalar.out()),
          flag("update", engine.update.out()),
          flag("write_request", engine.write_path.out()),
          {"outstanding", 16, [&engine] { return engine.memory.outstanding(); }},
          {"sample_fifo", 16, [&engine] { return engine.samples.level(); }},
          {"credit_buffer", 16, [&engine] { return engine.front.credit_buffer(engine.samples).level(); }}};
}

template <class Front>
void trace_harp(const HarpParameters& p, const Shape& shape, const Platform& platform, std::int64_t cycles,
                const std::function<void(const std::vector<Probe>&)>& header,
                const std::function<void(std::int64_t)>& row) {
  HarpEngine<Front> engine(p, shape, platform);
  trace_engine(engine, probes(engine), cycles, header, row);
}

}  // namespace

CycleReport HarpDesign::simulate(const Shape& shape, const Platform& platform, const DesignOptions& options,
                                 const SimulationOptions& simulation) const {
  check_common(d_.name, shape, platform);
  check(shape, options);
  const HarpParameters p = parameters(shape.features);
  return d_.beats_per_line == 1 ? run_harp<DirectFront>(d_.name, p, shape, platform, simulation)
                                : run_harp<SplitFront>(d_.name, p, shape, platform, simulation);
}

void HarpDesign::trace(const Shape& shape, const Platform& platform, const DesignOptions& options,
                       std::int64_t cycles, const std::function<void(const std::vector<Probe>&)>& header,
                       const std::function<void(std::int64_t)>& row) const {
  check_common(d_.name, shape, platform);
  check(shape, options);
  const HarpParameters p = parameters(shape.features);
  if (d_.beats_per_line == 1) {
    trace_harp<DirectFront>(p, shape, platform, cycles, header, row);
  } else {
    trace_harp<SplitFront>(p, shape, platform, cycles, header, row);
  }
}

std::int64_t HarpDesign::update_latency() const {
  constexpr std::int64_t kSum = 1, kRepeat = 1;
  return total_latency(d_.dot) + kSum + kRepeat + total_latency(d_.scalar) + total_latency(d_.update);
}

// Last line in, its update, the sample's other lines behind it, two cycles to the first write, the model's
// lines. The memory's rate moves the last line only as long as neither the credit nor, for Q1, the halves
// hold it up.
std::optional<ClosedForm> HarpDesign::closed_form(const Shape& shape, const Platform& platform,
                                                  const DesignOptions&) const {
  const Memory& memory = platform.memory;
  const HarpParameters p = parameters(shape.features);
  const std::int64_t all_lines = p.lines * shape.rows;
  const std::int64_t beats = p.lines * p.beats_per_line;
  // What waits in the buffers while a sample goes through, plus what is under way.
  const std::int64_t held = update_latency() + 2 * beats + memory.latency_cycles + 16;
  if (p.beats_per_line > 2) return {};
  const bool split = p.beats_per_line == 2;
  const bool full_rate = memory.rate_lines == memory.rate_cycles;
  if (memory.max_outstanding > 0 || memory.stall_period > 0 || held > p.credit || (split && !full_rate))
    return {};
  const std::int64_t front = kReorderLatency + 1 + (split ? 7 : 0);
  const std::int64_t last_beat = split ? 2 * all_lines - 1 : arrival(all_lines - 1, memory);
  ClosedForm form;
  form.first_epoch = last_beat + front + update_latency() + (beats - 1) + 2 + (p.write_lines - 1) + 1;
  form.next_epoch = form.first_epoch + std::max<std::int64_t>(memory.latency_cycles, 1);
  if (platform.shell) {
    form.first_epoch += 11;
    form.next_epoch += 12;
  }
  return form;
}

std::vector<StageSpec> HarpDesign::stages(const DesignOptions&) const {
  std::vector<StageSpec> all{{"reorder buffer", kReorderLatency, 512}, {"line register", 1, 512}};
  if (d_.beats_per_line == 2) all.push_back({"split FIFO, half-line register", 7, 256});
  all.insert(all.end(), d_.dot.begin(), d_.dot.end());
  all.push_back({"accumulate lines", 1, 32});
  all.push_back({"repeat for each line", 1, 32});
  all.insert(all.end(), d_.scalar.begin(), d_.scalar.end());
  all.insert(all.end(), d_.update.begin(), d_.update.end());
  return all;
}

Resources HarpDesign::resources(const DesignOptions&) const {
  Resources r;
  const std::int64_t v = d_.values_per_line / d_.beats_per_line;
  if (floating()) {
    r.float_multipliers = 2 * v + 1;
    r.float_adders = 1;
    r.float_converters = v + 1;
  } else if (d_.bits >= 4) {
    r.integer_multipliers = 2 * v;
  }
  r.adders = (v - 1) + 1 + v + (floating() ? 0 : 1);
  r.memory_bits = 2 * kModelFeatures * 32 + d_.sample_fifo * (floating() ? 512 : d_.bits * v) * 2 +
                  256 * 512 + (d_.beats_per_line == 2 ? d_.sample_fifo * 512 : 0);
  r.published = d_.published;
  return r;
}

std::int64_t HarpDesign::bytes_per_row(const Shape& shape, const DesignOptions&) const {
  return lines(shape.features) * kLineBytes;
}

// The label takes the last 32 bits of a sample's last line: one float, or in each draw's half 16 bits of
// codes (of the last half line 32 codes for Q1, whose draws alternate bit by bit).
std::optional<ArithmeticFormat> HarpDesign::arithmetic(std::int64_t features) const {
  ArithmeticFormat format;
  const HarpParameters p = parameters(features);
  format.bits = d_.bits;
  format.lanes = lanes();
  format.beats = p.lines * p.beats_per_line;
  format.masked_lanes = floating() ? 1 : d_.bits == 1 ? 32 : 16 / d_.bits;
  format.shifts_step = !floating();
  format.last_row_updates = true;
  return format;
}

namespace {

template <class Front>
void clock_arithmetic(HardwareArithmetic& arithmetic, HarpEngine<Front>& engine, int read_delay,
                      const ModelCallback& on_epoch) {
  Simulator simulator(engine);
  std::uint64_t beats = 0;
  std::int64_t epochs = 0;
  for (std::int64_t edge = 0; !engine.done(); ++edge) {
    beats = beats << 1 | static_cast<std::uint64_t>(engine.front.beat().value);
    if (beats >> read_delay & 1) arithmetic.read_beat();
    if (engine.update.out().value) {
      arithmetic.update_beat();
      arithmetic.publish_beat();
    }
    engine.observe(edge);
    simulator.tick();
    if (engine.writer.epochs_done() == epochs) continue;
    epochs = engine.writer.epochs_done();
    on_epoch(arithmetic.model());
  }
}

}  // namespace

void HarpDesign::run_arithmetic(HardwareArithmetic& arithmetic, const Shape& shape, const Platform& platform,
                                const ModelCallback& on_epoch) const {
  const HarpParameters p = parameters(shape.features);
  // From the line register to the model's read beside it.
  const int read_delay = floating() ? 0 : 4;
  if (p.beats_per_line == 1) {
    HarpEngine<DirectFront> engine(p, shape, platform);
    clock_arithmetic(arithmetic, engine, read_delay, on_epoch);
  } else {
    HarpEngine<SplitFront> engine(p, shape, platform);
    clock_arithmetic(arithmetic, engine, read_delay, on_epoch);
  }
}

HarpDescription harp_quantized(std::int64_t bits, std::string doc, std::string multiplier,
                               std::string published) {
  HarpDescription d;
  d.name = "harp_q" + std::to_string(bits);
  d.doc = std::move(doc);
  d.bits = bits;
  d.values_per_line = 256 / bits;
  d.start_delay = 2;
  const int tree = std::countr_zero(static_cast<std::uint64_t>(d.values_per_line));
  const int model_bits = static_cast<int>(d.values_per_line) * 32;
  d.dot = {{"first draws beside the model read", 5, 256 + model_bits},
           {std::move(multiplier), 1, model_bits},
           {"adder tree", 1 + tree, model_bits}};
  d.scalar = {{"registers", 2, 32}, {"minus label, shift by step", 1, 32}};
  d.update = {{"scalar times second draws", 1, model_bits}};
  d.published = std::move(published);
  return d;
}

HarpDesign harp_like(std::int64_t bits, std::int64_t split) {
  HarpDescription d = bits == 32 ? harp_float_description() : harp_quantized(bits, "", "multiply", "");
  d.name =
      "harp-like engine of " + std::to_string(bits) + " bits in " + std::to_string(split) + " parts a line";
  d.published.clear();
  d.beats_per_line = split;
  d.sample_fifo = d.sample_fifo * split;
  const int halvings = std::countr_zero(static_cast<std::uint64_t>(split));
  for (StageSpec& stage : d.dot) {
    if (stage.name == "adder tree") stage.latency -= halvings;
  }
  return HarpDesign(std::move(d));
}

}  // namespace zipml::fpga
