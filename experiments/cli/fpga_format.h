#pragma once

#include <string>

#include "fpga_model/design.h"

namespace zipml {

/// One simulated run with what it was asked for.
struct FpgaRun {
  const fpga::Design* design = nullptr;
  fpga::Shape shape;
  fpga::Platform platform;
  fpga::DesignOptions options;
  fpga::CycleReport report;
};

/// The run as a JSON object: cycles_total, cycles_per_epoch, seconds, bytes, stalls by cause, binds, stages,
/// ...
std::string fpga_json(const FpgaRun& run);
/// The same as lines for people.
std::string fpga_table(const FpgaRun& run);

}  // namespace zipml
