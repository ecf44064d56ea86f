#pragma once

#include <string>
#include <vector>

#include "fpga_model/design.h"
#include "fpga_model/pynq_engine.h"

namespace zipml::fpga {

/// What one PYNQ design says of itself.
struct PynqDescription {
  std::string name, doc;
  std::int64_t bits = 32;            ///< of a value; 32 = float
  std::int64_t values_per_word = 2;  ///< features in a 64-bit word
  std::vector<StageSpec> dot, scalar, update;
  std::string published;
};

/// A PYNQ engine (the authors' ZipML-PYNQ; Zynq 7020, 100 MHz, 64-bit AXI stream).
class PynqDesign final : public Design {
 public:
  explicit PynqDesign(PynqDescription description) : d_(std::move(description)) {}

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

  PynqParameters parameters(std::int64_t features) const;
  /// The most features that the sample FIFO takes when the stream never pauses.
  std::int64_t most_features() const;

 private:
  bool floating() const { return d_.bits == 32; }

  PynqDescription d_;
};

/// Q8, Q4, Q2 and Q1 differ in the adder tree's depth and the multiplier only.
PynqDescription pynq_quantized(std::int64_t bits, std::string doc, std::string multiplier,
                               std::string published);

}  // namespace zipml::fpga
