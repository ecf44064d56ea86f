#include "fpga_model/pynq_design.h"

#include <algorithm>
#include <bit>

#include "fpga_model/engine_run.h"
#include "fpga_model/trace.h"

namespace zipml::fpga {
namespace {

constexpr std::int64_t kWordBytes = 8;
constexpr std::int64_t kModelFeatures = 4096;
constexpr std::int64_t kMostFeatures = kModelFeatures - 1;  // the dimension is a 12-bit register

int log2_of(std::int64_t power) { return std::countr_zero(static_cast<std::uint64_t>(power)); }

}  // namespace

PynqParameters PynqDesign::parameters(std::int64_t features) const {
  PynqParameters p;
  p.lines = (features + d_.values_per_word - 1) / d_.values_per_word;
  p.model_words = p.lines * d_.values_per_word;
  p.fifo_depth = kModelFeatures / d_.values_per_word;
  p.dot = d_.dot;
  p.scalar = d_.scalar;
  p.update = d_.update;
  return p;
}

// The first read comes when the first sample's scalar is there; until then every word of the stream but the
// labels goes into the FIFO, one place of which cannot be used.
std::int64_t PynqDesign::most_features() const {
  const std::int64_t read = 1 + total_latency(d_.dot) + 1 + total_latency(d_.scalar);
  return std::min(kMostFeatures, (kModelFeatures / d_.values_per_word - read + 2) * d_.values_per_word);
}

Platform PynqDesign::default_platform() const {
  Platform platform;
  platform.name = "pynq";
  platform.clock_hz = 100e6;
  platform.clock_confirmed = platform.rate_confirmed = true;
  platform.source = "Zynq 7020 at 100 MHz, 64-bit AXI stream";
  platform.memory.latency_cycles = 0;
  return platform;
}

void PynqDesign::check(const Shape& shape, const DesignOptions&) const {
  if (shape.features >= 1 && shape.features <= kMostFeatures) return;
  throw InputError(d_.name + ": features: found " + std::to_string(shape.features) + ", allowed 1.." +
                   std::to_string(kMostFeatures) + " (the model store holds " +
                   std::to_string(kModelFeatures) + " values, the dimension register 12 bits)");
}

CycleReport PynqDesign::simulate(const Shape& shape, const Platform& platform, const DesignOptions& options,
                                 const SimulationOptions& simulation) const {
  check_common(d_.name, shape, platform);
  check(shape, options);
  const PynqParameters p = parameters(shape.features);
  const Memory& memory = platform.memory;
  const std::int64_t patience =
      memory.latency_cycles +
      (memory.rate_cycles + memory.stall_cycles + platform.gap.length + 2) * (p.lines + 2) +
      2 * p.model_words + 1000;
  PynqEngine engine(p, shape, platform);
  CycleReport report =
      run_engine(engine, simulation, patience, d_.name,
                 p.lines == 1 && shape.rows == 1 ? "with one row of one word the next epoch's row overtakes "
                                                   "the model's read-out: use 2 rows or more, or 1 epoch"
                                                 : "features: found " + std::to_string(shape.features) +
                                                       ", allowed 1.." + std::to_string(most_features()));
  report.bytes_read = (engine.words_in - shape.epochs) * kWordBytes;
  report.bytes_written = shape.epochs * p.model_words * 4;
  return report;
}

void PynqDesign::trace(const Shape& shape, const Platform& platform, const DesignOptions& options,
                       std::int64_t cycles, const std::function<void(const std::vector<Probe>&)>& header,
                       const std::function<void(std::int64_t)>& row) const {
  check_common(d_.name, shape, platform);
  check(shape, options);
  PynqEngine engine(parameters(shape.features), shape, platform);
  trace_engine(engine,
               {flag("stream_valid", engine.stream.valid),
                flag("stream_ready", engine.gate.ready),
                flag("line", engine.gate.line),
                flag("sum", engine.sum.out),
                flag("scalar", engine.scalar.out()),
                flag("update", engine.update.out()),
                flag("closed", engine.reader.closed),
                flag("model_word", engine.output.out),
                {"sample_fifo", 16, [&engine] { return engine.samples.level(); }}},
               cycles, header, row);
}

// Last line in, its update, the sample's other lines, the read-out. The next epoch's first word slips in
// behind the end word; the others follow when the model is out.
std::optional<ClosedForm> PynqDesign::closed_form(const Shape& shape, const Platform& platform,
                                                  const DesignOptions&) const {
  const Memory& memory = platform.memory;
  const PynqParameters p = parameters(shape.features);
  const bool steady =
      memory.rate_lines == memory.rate_cycles && memory.stall_period == 0 && platform.gap.length == 0;
  const bool tiny = shape.rows == 1 && p.lines == 1 && shape.epochs > 1;
  if (!steady || tiny || shape.features > most_features()) return {};
  const std::int64_t latency =
      total_latency(d_.dot) + total_latency(d_.scalar) + total_latency(d_.update) + 3;
  const std::int64_t words = shape.rows * (p.lines + 1);
  ClosedForm form;
  form.first_epoch = words + latency + p.lines + p.model_words + 2;
  form.next_epoch = words + latency + p.lines + p.model_words - 3;
  return form;
}

std::vector<StageSpec> PynqDesign::stages(const DesignOptions&) const {
  std::vector<StageSpec> all{{"input register", 1, 64}};
  all.insert(all.end(), d_.dot.begin(), d_.dot.end());
  all.push_back({"accumulate lines", 1, 32});
  all.insert(all.end(), d_.scalar.begin(), d_.scalar.end());
  all.insert(all.end(), d_.update.begin(), d_.update.end());
  all.push_back({"model write", 1, static_cast<int>(d_.values_per_word) * 32});
  return all;
}

Resources PynqDesign::resources(const DesignOptions&) const {
  Resources r;
  const std::int64_t v = d_.values_per_word;
  r.float_multipliers = floating() ? 2 * v + 1 : 1;
  r.float_adders = 1;
  r.float_converters = floating() ? v + 1 : 1;
  if (!floating() && d_.bits >= 4) r.integer_multipliers = 2 * v;
  r.adders = (v - 1) + 1 + v;
  const std::int64_t depth = kModelFeatures / v;
  r.memory_bits = 2 * kModelFeatures * 32 + depth * 64 + 2 * depth * 32;
  r.published = d_.published;
  return r;
}

std::optional<ArithmeticFormat> PynqDesign::arithmetic(std::int64_t features) const {
  ArithmeticFormat format;
  format.bits = d_.bits;
  format.lanes = d_.values_per_word;
  format.beats = parameters(features).lines;
  format.writes_back_update_copy = true;
  return format;
}

// The update copy is written when the new value is ready, the model that the dot product reads one cycle
// later.
void PynqDesign::run_arithmetic(HardwareArithmetic& arithmetic, const Shape& shape, const Platform& platform,
                                const ModelCallback& on_epoch) const {
  PynqEngine engine(parameters(shape.features), shape, platform);
  Simulator simulator(engine);
  bool publish = false;
  for (std::int64_t edge = 0; !engine.done(); ++edge) {
    if (engine.gate.line.value) arithmetic.read_beat();
    if (publish) arithmetic.publish_beat();
    publish = engine.update.out().value;
    if (publish) arithmetic.update_beat();
    const bool reading = engine.reader.reading();
    engine.observe(edge);
    simulator.tick();
    if (!reading && engine.reader.reading()) on_epoch(arithmetic.model());
  }
}

std::int64_t PynqDesign::bytes_per_row(const Shape& shape, const DesignOptions&) const {
  return (parameters(shape.features).lines + 1) * kWordBytes;
}

PynqDescription pynq_quantized(std::int64_t bits, std::string doc, std::string multiplier,
                               std::string published) {
  PynqDescription d;
  d.name = "pynq_q" + std::to_string(bits);
  d.doc = std::move(doc);
  d.bits = bits;
  d.values_per_word = 64 / bits;
  const int model_bits = static_cast<int>(d.values_per_word) * 32;
  d.dot = {{"model read", 1, model_bits},
           {std::move(multiplier), 2, model_bits},
           {"adder tree", 1 + log2_of(d.values_per_word), model_bits}};
  d.scalar = {{"sum to float", 2, 32}, {"minus label", 7, 32}, {"times step", 5, 32}};
  d.update = {{"scalar to fixed", 1, 32},
              {"scalar times sample", 1, model_bits},
              {"model subtraction", 2, model_bits}};
  d.published = std::move(published);
  return d;
}

}  // namespace zipml::fpga
