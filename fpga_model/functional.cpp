#include "fpga_model/functional.h"

#include <bit>

#include "engine/core/error.h"

namespace zipml::fpga {

std::int64_t run_functional(const Design& design, const SampleCopies& copies, const Platform& platform,
                            const HardwareSettings& settings, const ModelCallback& on_epoch) {
  const Shape shape{copies.at(0).features, copies.at(0).rows, settings.epochs, settings.batch};
  const std::optional<ArithmeticFormat> format = design.arithmetic(copies.at(0).features);
  if (!format)
    throw InputError(design.name() + ": has no functional mode; allowed: the HARP v1 and PYNQ designs");
  check_common(design.name(), shape, platform);
  design.check(shape, {});
  if (!std::has_single_bit(static_cast<std::uint64_t>(settings.batch))) {
    throw InputError(design.name() + ": batch: found " + std::to_string(settings.batch) +
                     ", allowed powers of two (the hardware compares with a mask)");
  }
  HardwareArithmetic arithmetic(*format, copies, settings);
  if (settings.stale) {
    design.run_arithmetic(arithmetic, shape, platform, on_epoch);
  } else {
    arithmetic.run_in_order(on_epoch);
  }
  return arithmetic.lost_features();
}

}  // namespace zipml::fpga
