#include "experiments/run/fpga_times.h"

#include "engine/core/error.h"
#include "experiments/config/config.h"
#include "experiments/config/fpga_reader.h"
#include "experiments/config/platform_reader.h"

namespace zipml {
namespace {

std::vector<std::string> unconfirmed_numbers(const fpga::Platform& platform) {
  std::vector<std::string> names;
  if (!platform.clock_confirmed) names.push_back("clock_hz");
  if (!platform.rate_confirmed) names.push_back("memory/rate");
  return names;
}

FpgaTimes time_on(const RunSpec& spec, const fpga::Shape& shape) {
  const fpga::Design& design = chosen_design(*spec.fpga);
  const fpga::Platform& platform = spec.fpga->platform;
  const fpga::DesignOptions options = chosen_options(*spec.fpga);
  const fpga::CycleReport report = design.simulate(shape, platform, options, {});
  FpgaTimes times;
  times.design = design.name();
  times.design_choice = canonical_json(spec.fpga->design);
  times.platform = platform.name;
  times.platform_values = to_json(platform).dump();
  times.bits = design.bits(options);
  times.clock_hz = platform.clock_hz;
  times.features = shape.features;
  times.rows = shape.rows;
  times.batch = shape.batch;
  times.cycles_total = report.cycles_total;
  times.cycles_from_first_request = report.cycles_from_first_request;
  times.cycles_busy = report.busy_cycles;
  times.bytes_read = report.bytes_read;
  times.bytes_written = report.bytes_written;
  times.binds = fpga::what_binds(report);
  times.cycles_per_epoch = report.cycles_per_epoch;
  times.unconfirmed = unconfirmed_numbers(platform);
  times.differences = fpga_differences(spec);
  for (std::size_t i = 0; i < fpga::kStallCount; ++i) {
    times.stalls.emplace_back(fpga::stall_name(static_cast<fpga::Stall>(i)), report.stalls[i]);
  }
  for (const fpga::StageSpec& stage : design.stages(options)) {
    times.pipeline.push_back({stage.name, stage.latency, stage.width_bits});
  }
  for (const fpga::StageUse& stage : report.stages) {
    times.stages.push_back({stage.name, stage.latency, stage.width_bits});
    times.utilisation.push_back(stage.utilisation);
  }
  return times;
}

}  // namespace

FpgaTimes time_training(const RunSpec& spec, const Split& rows) {
  const Parameters& solver = spec.training.solver.parameters;
  return time_on(spec,
                 {static_cast<std::int64_t>(rows.features.cols()), static_cast<std::int64_t>(rows.rows()),
                  solver.integer("epochs"), solver.integer("batch")});
}

void time_shape(const RunSpec& spec, ResultFile& result) {
  const fpga::Shape shape = *known_shape(spec);
  result.dataset_name = "shape";
  result.dataset_title =
      std::to_string(shape.rows) + " rows of " + std::to_string(shape.features) + " features";
  result.train_rows = static_cast<std::uint64_t>(shape.rows);
  result.features = static_cast<std::uint64_t>(shape.features);
  result.fpga = time_on(spec, shape);
}

}  // namespace zipml
