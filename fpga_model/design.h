#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fpga_model/cycle_report.h"
#include "fpga_model/hardware_arithmetic.h"
#include "fpga_model/platform.h"
#include "fpga_model/simulator.h"
#include "fpga_model/stage_chain.h"

namespace zipml::fpga {

/// What a user may choose of a design beside the shape.
struct DesignOptions {
  std::int64_t bits = 8;  ///< MLWeaving: bit planes read, 1..32; the other designs have their own
  bool chaining = true;   ///< MLWeaving: the next batch starts after the first updated chunk
};

/// Instance counts, estimated from widths, and what the authors' code has where it can be counted.
struct Resources {
  std::int64_t float_multipliers = 0;
  std::int64_t float_adders = 0;
  std::int64_t float_converters = 0;     ///< fixed to float
  std::int64_t integer_multipliers = 0;  ///< of value bits x 32 bits
  std::int64_t adders = 0;               ///< 32-bit fixed point: trees, accumulators, model updates
  std::int64_t memory_bits = 0;          ///< block RAM: model copies, FIFOs, reorder buffer
  std::string published;                 ///< counted in the published code; empty = nothing to compare with
};

/// Cycles by formula, exact where a design says that the formula applies.
struct ClosedForm {
  std::int64_t first_epoch = 0;  ///< interval start to the first epoch's last write, both included
  std::int64_t next_epoch = 0;   ///< every further epoch
  std::int64_t total(std::int64_t epochs) const { return first_epoch + (epochs - 1) * next_epoch; }
};

/// One published engine.
class Design {
 public:
  virtual ~Design() = default;

  /// The name users type, for example "harp_q4".
  virtual std::string name() const = 0;
  virtual std::string doc() const = 0;
  /// DesignOptions matter to it.
  virtual bool chooses_bits() const { return false; }
  /// The value bits the engine reads of each draw; 32 = float.
  virtual std::int64_t bits(const DesignOptions& options) const = 0;
  /// The family's default: clock, memory, and whether they are confirmed.
  virtual Platform default_platform() const = 0;
  /// InputError for a shape that the published design cannot run, naming the value and what is allowed.
  virtual void check(const Shape& shape, const DesignOptions& options) const = 0;
  /// Runs the clocked model. InputError as check(), and for shapes that overflow or deadlock it.
  virtual CycleReport simulate(const Shape& shape, const Platform& platform, const DesignOptions& options,
                               const SimulationOptions& simulation) const = 0;
  /// The first `cycles` edges as a waveform: `header` once, then `row` at every edge.
  virtual void trace(const Shape& shape, const Platform& platform, const DesignOptions& options,
                     std::int64_t cycles, const std::function<void(const std::vector<Probe>&)>& header,
                     const std::function<void(std::int64_t edge)>& row) const = 0;
  /// Cycles by formula, or nothing where no formula is exact for this shape and platform.
  virtual std::optional<ClosedForm> closed_form(const Shape& shape, const Platform& platform,
                                                const DesignOptions& options) const = 0;
  /// The pipeline from memory to model, in order.
  virtual std::vector<StageSpec> stages(const DesignOptions& options) const = 0;
  virtual Resources resources(const DesignOptions& options) const = 0;
  /// The engine's number formats, or nothing where the design has no functional mode.
  virtual std::optional<ArithmeticFormat> arithmetic(std::int64_t) const { return {}; }
  /// Clocks the engine and lets `arithmetic` read and write when its lines do; a read and a write at the same
  /// edge: the read sees what was there before. Only for designs with a functional mode.
  virtual void run_arithmetic(HardwareArithmetic& arithmetic, const Shape& shape, const Platform& platform,
                              const ModelCallback& on_epoch) const;
  /// Bytes of one sample as they cross the memory interface, the label included.
  virtual std::int64_t bytes_per_row(const Shape& shape, const DesignOptions& options) const = 0;
};

/// Every design, in the order users see them.
const std::vector<const Design*>& designs();
/// The design of that name; InputError with the nearest name otherwise is the caller's, who knows where it
/// was typed.
const Design* find_design(const std::string& name);

/// InputError unless rows, epochs, batch >= 1 and the platform's numbers are in their ranges.
void check_common(const std::string& design, const Shape& shape, const Platform& platform);

}  // namespace zipml::fpga
