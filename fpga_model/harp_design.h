#pragma once

#include <string>
#include <vector>

#include "fpga_model/design.h"
#include "fpga_model/harp_engine.h"

namespace zipml::fpga {

/// What one HARP v1 design says of itself.
struct HarpDescription {
  std::string name, doc;
  std::int64_t bits = 32;             ///< of one draw; 32 = float
  std::int64_t values_per_line = 16;  ///< features in 64 bytes
  std::int64_t beats_per_line = 1;    ///< parts that a line is worked on in
  std::int64_t credit = 502, sample_fifo = 512, start_delay = 1;
  std::vector<StageSpec> dot, scalar, read_lead, update;
  std::string published;  ///< instance counts of the published code
};

/// A HARP v1 engine (Kara et al., FCCM 2017; arXiv:1611.05402 appendix K).
class HarpDesign final : public Design {
 public:
  explicit HarpDesign(HarpDescription description) : d_(std::move(description)) {}

  std::string name() const override { return d_.name; }
  std::string doc() const override { return d_.doc; }
  std::int64_t bits(const DesignOptions&) const override { return d_.bits; }
  Platform default_platform() const override;
  void check(const Shape& shape, const DesignOptions& options) const override;
  CycleReport simulate(const Shape& shape, const Platform& platform, const DesignOptions& options,
                       const SimulationOptions& simulation) const override;
  void trace(const Shape& shape, const Platform& platform, const DesignOptions& options, std::int64_t cycles,
             const std::function<void(const std::vector<Probe>&)>& header,
             const std::function<void(std::int64_t)>& row) const override;
  std::optional<ClosedForm> closed_form(const Shape& shape, const Platform& platform,
                                        const DesignOptions& options) const override;
  std::vector<StageSpec> stages(const DesignOptions& options) const override;
  Resources resources(const DesignOptions& options) const override;
  std::optional<ArithmeticFormat> arithmetic(std::int64_t features) const override;
  void run_arithmetic(HardwareArithmetic& arithmetic, const Shape& shape, const Platform& platform,
                      const ModelCallback& on_epoch) const override;
  std::int64_t bytes_per_row(const Shape& shape, const DesignOptions& options) const override;

  /// Features a cycle.
  std::int64_t lanes() const { return d_.values_per_line / d_.beats_per_line; }
  /// The engine's parameters for a number of features.
  HarpParameters parameters(std::int64_t features) const;

 private:
  bool floating() const { return d_.bits == 32; }
  std::int64_t lines(std::int64_t features) const;
  // Interval from the last line's beat to the edge that sees its update, one-line samples.
  std::int64_t update_latency() const;

  HarpDescription d_;
};

/// Q8, Q4 and Q2 differ in the adder tree's depth and the multiplier only.
HarpDescription harp_quantized(std::int64_t bits, std::string doc, std::string multiplier,
                               std::string published);

/// The published float design.
HarpDescription harp_float_description();

/// A design that nobody built: `bits` (32, 8, 4, 2 or 1), each line worked on in `split` parts (1, 2, 4 or
/// 8), so that one split-th of the multipliers suffices. Unsplit it is the published design, but for Q1,
/// whose published form is split in two.
HarpDesign harp_like(std::int64_t bits, std::int64_t split);

}  // namespace zipml::fpga
