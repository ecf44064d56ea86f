#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/hdf5_file.h"

namespace zipml {

/// A stage of an engine's pipeline.
struct FpgaStage {
  std::string name;
  std::int64_t latency = 0;     ///< cycles
  std::int64_t width_bits = 0;  ///< of the data path
};

/// What a published FPGA engine would take for a run's shape, by its clocked model. In the file: /fpga with
///   attributes             design, bits, design_choice (JSON), platform (its name), platform_values (JSON),
///                          clock_hz, features (the bias feature included), rows, batch, cycles_total,
///                          cycles_from_first_request, cycles_busy, seconds, bytes_read, bytes_written, binds
///   cycles_per_epoch       one entry an epoch of the config, whether or not the training diverged before
///   seconds_per_epoch      the same over clock_hz
///   unconfirmed            names of the platform's numbers that are neither published nor measured
///   differences            what the run trains otherwise than the engine computes
///   stalls                 attributes: cycles by cause
///   pipeline, stages       name, latency (cycles), width_bits; stages also utilisation: the published list
///   from
///                          memory to model, and the parts that the clocked model counts
struct FpgaTimes {
  std::string design, design_choice, platform, platform_values;
  std::int64_t bits = 0;  ///< that the engine reads of a value's draw; 32: float
  double clock_hz = 0;
  std::int64_t features = 0, rows = 0, batch = 0;
  std::int64_t cycles_total = 0, cycles_from_first_request = 0, cycles_busy = 0;
  std::int64_t bytes_read = 0, bytes_written = 0;
  std::string binds;  ///< a cause of stalls, or "compute"
  std::vector<std::int64_t> cycles_per_epoch;
  std::vector<std::string> unconfirmed, differences;
  std::vector<std::pair<std::string, std::int64_t>> stalls;
  std::vector<FpgaStage> pipeline, stages;
  std::vector<double> utilisation;  ///< of `stages`: items that entered a cycle

  /// After so many epochs; all of them where the run has fewer.
  std::int64_t cycles_after(std::size_t epochs) const;
  double seconds_after(std::size_t epochs) const;
  std::int64_t bytes_after(std::size_t epochs) const;
  double seconds_per_epoch() const;  ///< mean over all epochs
};

inline constexpr const char* kFpgaGroup = "/fpga";

void write_group(Hdf5Writer& file, const FpgaTimes& times);
/// Throws InputError where the group is damaged.
FpgaTimes read_fpga_times(const Hdf5Reader& file);

}  // namespace zipml
