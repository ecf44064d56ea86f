#include <algorithm>

#include "fpga_model/engine_run.h"
#include "fpga_model/published_designs.h"
#include "fpga_model/trace.h"
#include "fpga_model/weaving_engine.h"

namespace zipml::fpga {
namespace {

constexpr std::int64_t kLineBytes = 64, kRowsPerGroup = 8, kFeaturesPerChunk = 64;
constexpr std::int64_t kChunks = 512;       // the model store's depth
constexpr std::int64_t kBatchGroups = 255;  // an 8-bit register

WeavingShape weaving_shape(const Shape& shape, const DesignOptions& options) {
  WeavingShape w;
  w.chunks = (shape.features + kFeaturesPerChunk - 1) / kFeaturesPerChunk;
  w.bits = options.bits;
  w.groups = shape.rows / kRowsPerGroup;
  w.batch_groups = shape.batch / kRowsPerGroup;
  w.epochs = shape.epochs;
  return w;
}

[[noreturn]] void refuse(const std::string& what, std::int64_t found, const std::string& allowed) {
  throw InputError("mlweaving: " + what + ": found " + std::to_string(found) + ", allowed " + allowed);
}

class WeavingDesign final : public Design {
 public:
  std::string name() const override { return "mlweaving"; }
  std::string doc() const override {
    return "MLWeaving, HARP v2: bit-serial, any precision of 1 to 32 bits, synchronous mini-batches";
  }
  bool chooses_bits() const override { return true; }
  std::int64_t bits(const DesignOptions& options) const override { return options.bits; }

  Platform default_platform() const override {
    Platform platform;
    platform.name = "harp2";
    platform.source = "defaults: one line a cycle, 40 cycles latency; clock from memory";
    return platform;
  }

  void check(const Shape& shape, const DesignOptions& options) const override {
    const std::int64_t most = kChunks * kFeaturesPerChunk;
    if (shape.features < 1 || shape.features > most) {
      refuse("features", shape.features,
             "1.." + std::to_string(most) + " (the model store holds 512 chunks of 64)");
    }
    if (options.bits < 1 || options.bits > 32) refuse("bits", options.bits, "1..32");
    if (shape.rows % kRowsPerGroup != 0) refuse("rows", shape.rows, "multiples of 8 (a line holds 8 rows)");
    if (shape.batch < 8 || shape.batch % kRowsPerGroup != 0 || shape.batch > kBatchGroups * kRowsPerGroup) {
      refuse("batch", shape.batch, "multiples of 8 up to " + std::to_string(kBatchGroups * kRowsPerGroup));
    }
    const WeavingShape w = weaving_shape(shape, options);
    if (w.lines() < 4) {
      refuse("bits", options.bits,
             std::to_string((4 + w.chunks - 1) / w.chunks) +
                 ".. for this many features (below 4 lines a group the published credit comes too late)");
    }
    if (options.bits == 1 && w.batch_groups > 1 && w.groups > 1) {
      refuse("batch", shape.batch, "8 at 1 bit (the published engine loses groups otherwise)");
    }
    if (shape.epochs > 1 && shape.rows % shape.batch != 0) {
      refuse("rows", shape.rows,
             "multiples of the batch of " + std::to_string(shape.batch) +
                 " for more than one epoch (the published engine's credits go wrong)");
    }
  }

  CycleReport simulate(const Shape& shape, const Platform& platform, const DesignOptions& options,
                       const SimulationOptions& simulation) const override {
    check_common(name(), shape, platform);
    check(shape, options);
    const WeavingShape w = weaving_shape(shape, options);
    const Memory& memory = platform.memory;
    const std::int64_t patience =
        memory.latency_cycles + (memory.rate_cycles + memory.stall_cycles + 1) * 2 * w.lines() + 5000;
    WeavingEngine engine(w, options.chaining, memory, simulation.skip_periods && !simulation.watch);
    CycleReport report = run_engine(engine, simulation, patience, name(), "use fewer features or bits");
    report.bytes_read = engine.lines_read * kLineBytes;
    report.bytes_written = shape.epochs * 4 * w.chunks * kLineBytes;
    return report;
  }

  void trace(const Shape& shape, const Platform& platform, const DesignOptions& options, std::int64_t cycles,
             const std::function<void(const std::vector<Probe>&)>& header,
             const std::function<void(std::int64_t)>& row) const override {
    check_common(name(), shape, platform);
    check(shape, options);
    WeavingEngine engine(weaving_shape(shape, options), options.chaining, platform.memory, false);
    trace_engine(engine,
                 {flag("read_request", engine.requester.request),
                  flag("read_response", engine.memory.response),
                  flag("ready", engine.ready.ready),
                  flag("compute", engine.control.read),
                  flag("loss", engine.loss.out()),
                  flag("gradient", engine.gradient.read),
                  flag("updated_chunk", engine.update.out()),
                  flag("write_request", engine.writer.write),
                  {"outstanding", 32, [&engine] { return engine.memory.outstanding(); }},
                  {"input_fifo", 16, [&engine] { return engine.input.level(); }},
                  {"replay_fifo", 16, [&engine] { return engine.replay.level(); }}},
                 cycles, header, row);
  }

  // Memory at full rate keeps ahead of the states, so only they, the pipeline and the credits count.
  std::optional<ClosedForm> closed_form(const Shape& shape, const Platform& platform,
                                        const DesignOptions& options) const override {
    const Memory& memory = platform.memory;
    const WeavingShape w = weaving_shape(shape, options);
    const bool steady =
        memory.rate_lines == memory.rate_cycles && memory.stall_period == 0 && memory.max_outstanding == 0;
    if (!steady || w.groups % w.batch_groups != 0) return {};
    const std::int64_t batches = w.groups / w.batch_groups;
    // A batch: from its first compute state to the edge at which its last group's first updated chunk is
    // written.
    const std::int64_t batch = (w.batch_groups - 1) * (w.lines() + 2) + w.lines() + w.bits + 31;
    const std::int64_t other_chunks = (w.chunks - 1) * w.bits;
    const std::int64_t credit = options.chaining ? 12 : other_chunks + 9;
    const std::int64_t epoch = (batches - 1) * (batch + credit) + batch + other_chunks;
    const std::int64_t write_back = 4 * w.chunks + 10;
    ClosedForm form;
    // The first group waits for its lines or for the first credit.
    const std::int64_t first_credit = options.chaining ? 9 : 6;
    form.first_epoch =
        std::max(std::max<std::int64_t>(memory.latency_cycles, 1) + 5, first_credit) + epoch + write_back + 1;
    form.next_epoch = (options.chaining ? 4 : 1) + epoch + write_back;
    return form;
  }

  std::vector<StageSpec> stages(const DesignOptions&) const override {
    return {{"dispatch", 2, 512},
            {"input FIFO read", 2, 512},
            {"feed", 1, 512},
            {"8 adder trees of 64", 6, 8 * 64 * 32},
            {"shift and sum", 2, 8 * 36},
            {"minus label, times step", 5, 8 * 32},
            {"gradient control, replay FIFO", 2, 512},
            {"loss times bit", 4, 512 * 32},
            {"64 adder trees of 8", 3, 64 * 8 * 32},
            {"sum of planes", 2, 64 * 36},
            {"model subtraction", 4, 64 * 32},
            {"model write", 1, 64 * 32}};
  }

  Resources resources(const DesignOptions&) const override {
    Resources r;
    r.adders = 8 * 63 + 8 + 64 * 7 + 64 + 64 + 8;
    r.memory_bits = 2 * kChunks * kFeaturesPerChunk * 32 + 512 * 512 + 2048 * 512;
    r.published = "8 adder trees of 64, 64 trees of 8, no multipliers in the dot product";
    return r;
  }

  std::int64_t bytes_per_row(const Shape& shape, const DesignOptions& options) const override {
    // A line of labels serves 16 rows: counted in whole bytes, 4 a row.
    return weaving_shape(shape, options).lines() * kLineBytes / kRowsPerGroup + 4;
  }
};

}  // namespace

const Design& mlweaving() {
  static const WeavingDesign design;
  return design;
}

}  // namespace zipml::fpga
