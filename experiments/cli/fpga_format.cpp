#include "experiments/cli/fpga_format.h"

#include <cstdio>

#include "experiments/config/platform_reader.h"

namespace zipml {
namespace {

double seconds(const FpgaRun& run) {
  return static_cast<double>(run.report.cycles_total) / run.platform.clock_hz;
}

double gigabytes_per_second(const FpgaRun& run) {
  return static_cast<double>(run.report.bytes_read) / seconds(run) / 1e9;
}

Json stage_list(const fpga::CycleReport& report) {
  Json stages = Json::array();
  for (const fpga::StageUse& stage : report.stages) {
    stages.push_back({{"name", stage.name},
                      {"latency", stage.latency},
                      {"width_bits", stage.width_bits},
                      {"utilisation", stage.utilisation}});
  }
  return stages;
}

Json pipeline_list(const FpgaRun& run) {
  Json stages = Json::array();
  for (const fpga::StageSpec& stage : run.design->stages(run.options)) {
    stages.push_back({{"name", stage.name}, {"latency", stage.latency}, {"width_bits", stage.width_bits}});
  }
  return stages;
}

Json resource_object(const fpga::Resources& r) {
  return {{"float_multipliers", r.float_multipliers},
          {"float_adders", r.float_adders},
          {"float_converters", r.float_converters},
          {"integer_multipliers", r.integer_multipliers},
          {"adders", r.adders},
          {"memory_bits", r.memory_bits},
          {"published", r.published}};
}

std::string text(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string line(const std::string& left, const std::string& right) {
  constexpr std::size_t kWidth = 28;
  return "  " + left + std::string(left.size() < kWidth ? kWidth - left.size() : 1, ' ') + right + "\n";
}

std::string share(std::int64_t part, std::int64_t whole) {
  return std::to_string(part) +
         text(" (%.1f%%)", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string unconfirmed(bool confirmed) { return confirmed ? "" : " (unconfirmed)"; }

}  // namespace

std::string fpga_json(const FpgaRun& run) {
  const fpga::CycleReport& report = run.report;
  Json stalls = Json::object();
  for (std::size_t i = 0; i < fpga::kStallCount; ++i) {
    stalls[fpga::stall_name(static_cast<fpga::Stall>(i))] = report.stalls[i];
  }
  Json fifos = Json::array();
  for (const fpga::FifoUse& fifo : report.fifos) {
    fifos.push_back({{"name", fifo.name}, {"depth", fifo.depth}, {"peak", fifo.peak}});
  }
  Json json = {{"design", run.design->name()},
               {"bits", run.design->bits(run.options)},
               {"features", run.shape.features},
               {"rows", run.shape.rows},
               {"epochs", run.shape.epochs},
               {"batch", run.shape.batch},
               {"platform", to_json(run.platform)},
               {"cycles_total", report.cycles_total},
               {"cycles_per_epoch", report.cycles_per_epoch},
               {"cycles_from_first_request", report.cycles_from_first_request},
               {"cycles_busy", report.busy_cycles},
               {"seconds", seconds(run)},
               {"bytes_read", report.bytes_read},
               {"bytes_written", report.bytes_written},
               {"gb_per_s", gigabytes_per_second(run)},
               {"stalls", stalls},
               {"binds", fpga::what_binds(report)},
               {"stages", stage_list(report)},
               {"pipeline", pipeline_list(run)},
               {"fifos", fifos},
               {"resources", resource_object(run.design->resources(run.options))},
               {"closed_form", nullptr}};
  if (run.design->chooses_bits()) json["chaining"] = run.options.chaining;
  if (const auto form = run.design->closed_form(run.shape, run.platform, run.options)) {
    json["closed_form"] = {{"first_epoch", form->first_epoch},
                           {"next_epoch", form->next_epoch},
                           {"cycles_total", form->total(run.shape.epochs)}};
  }
  return json.dump(1, ' ') + "\n";
}

std::string fpga_table(const FpgaRun& run) {
  const fpga::CycleReport& report = run.report;
  std::string out = run.design->name() + ": " + run.design->doc() + "\n";
  out += line("shape", std::to_string(run.shape.features) + " features, " + std::to_string(run.shape.rows) +
                           " rows, " + std::to_string(run.shape.epochs) + " epochs, batch " +
                           std::to_string(run.shape.batch));
  out += line("platform", run.platform.name + ", " + text("%.6g MHz", run.platform.clock_hz / 1e6) +
                              unconfirmed(run.platform.clock_confirmed) + ", " +
                              std::to_string(run.platform.memory.rate_lines) + " lines in " +
                              std::to_string(run.platform.memory.rate_cycles) + " cycles" +
                              unconfirmed(run.platform.rate_confirmed));
  out += line("cycles", std::to_string(report.cycles_total));
  out += line("cycles of the first epoch", std::to_string(report.cycles_per_epoch.front()));
  out += line("cycles of the last epoch", std::to_string(report.cycles_per_epoch.back()));
  out += line("from the first request", std::to_string(report.cycles_from_first_request));
  out += line("seconds", text("%.6g", seconds(run)));
  out +=
      line("bytes read", std::to_string(report.bytes_read) + text(", %.4g GB/s", gigabytes_per_second(run)));
  out += line("bytes written", std::to_string(report.bytes_written));
  out += line("cycles that took data in", share(report.busy_cycles, report.cycles_total));
  for (std::size_t i = 0; i < fpga::kStallCount; ++i) {
    if (report.stalls[i] == 0) continue;
    out += line(std::string("stalled: ") + fpga::stall_name(static_cast<fpga::Stall>(i)),
                share(report.stalls[i], report.cycles_total));
  }
  out += line("binds", fpga::what_binds(report));
  out += "  stage (latency, bits): utilisation\n";
  for (const fpga::StageUse& stage : report.stages) {
    out += line("  " + stage.name + " (" + std::to_string(stage.latency) + ", " +
                    std::to_string(stage.width_bits) + ")",
                text("%.3f", stage.utilisation));
  }
  for (const fpga::FifoUse& fifo : report.fifos) {
    out +=
        line("  " + fifo.name, "at most " + std::to_string(fifo.peak) + " of " + std::to_string(fifo.depth));
  }
  return out;
}

}  // namespace zipml
