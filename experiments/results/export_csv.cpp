#include "experiments/results/export_csv.h"

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "engine/core/error.h"
#include "experiments/config/config.h"
#include "experiments/results/trace_columns.h"

namespace zipml {
namespace {

std::string csv_text(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

template <class Number>
std::string number_text(Number value) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (std::isnan(value)) return "nan";  // without the sign, which means nothing
  }
  char buffer[32];
  const std::to_chars_result written = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, written.ptr};
}

// What sweeps vary most, from the resolved config: estimator (of networks: weight channel), its bits,
// mini-batch. Empty where it does not say.
std::string precision_text(const ResultFile& result) {
  try {
    const RunSpec spec = run_from_resolved_json(result.resolved_json, result.run_id);
    const ComponentChoice& quantizer = spec.network ? spec.network->weights : spec.training.samples;
    const Parameters& solver = (spec.network ? spec.network->solver : spec.training.solver).parameters;
    return csv_text(quantizer.kind) + ',' +
           (quantizer.parameters.has("bits") ? number_text(quantizer.parameters.integer("bits")) : "") + ',' +
           (solver.has("batch") ? number_text(solver.integer("batch")) : "");
  } catch (const InputError&) {
    return ",,";  // written by another version: the trace can be read all the same
  }
}

std::string fpga_text(const std::optional<FpgaTimes>& fpga, std::size_t epoch) {
  if (!fpga) return ",,,,,,";
  return ',' + csv_text(fpga->design) + ',' + csv_text(fpga->platform) + ',' + csv_text(fpga->binds) + ',' +
         number_text(fpga->cycles_after(epoch)) + ',' + number_text(fpga->seconds_after(epoch)) + ',' +
         number_text(fpga->bytes_after(epoch));
}

// Epochs of a run that has no trace, only the engine's times.
std::size_t epochs_of(const ResultFile& result) {
  if (!result.trace.empty() || !result.fpga) return result.trace.size();
  return result.fpga->cycles_per_epoch.size() + 1;
}

// `epoch` of the trace, or only its number where there is none.
std::string trace_text(const ResultFile& result, std::size_t epoch) {
  std::string text;
  for (const TraceColumn& column : trace_columns()) {
    text += ',';
    if (!result.trace.empty()) {
      text +=
          std::visit([&](auto member) { return number_text(result.trace[epoch].*member); }, column.member);
    } else if (column.name == "epoch") {
      text += number_text(epoch);
    }
  }
  return text;
}

}  // namespace

void write_csv_header(std::ostream& out) {
  out << "config,panel,series,seed,run_id,dataset,estimator,bits,batch,status,alpha,exact_minimum";
  for (const TraceColumn& column : trace_columns()) out << ',' << column.name;
  out << ",fpga_design,fpga_platform,fpga_binds,fpga_cycles,fpga_seconds,fpga_bytes\n";
}

void write_csv_rows(std::ostream& out, const ResultFile& result, bool final_only) {
  const std::string lead =
      csv_text(result.config_name) + ',' + csv_text(result.panel) + ',' + csv_text(result.series) + ',' +
      number_text(result.seed) + ',' + csv_text(result.run_id) + ',' + csv_text(result.dataset_name) + ',' +
      precision_text(result) + ',' + (result.status == RunStatus::finished ? "finished" : "diverged") + ',' +
      number_text(result.alpha) + ',' + (result.exact_minimum ? number_text(*result.exact_minimum) : "");
  const std::size_t epochs = epochs_of(result);
  const std::size_t first = final_only && epochs > 0 ? epochs - 1 : 0;
  for (std::size_t i = first; i < epochs; ++i) {
    out << lead << trace_text(result, i) << fpga_text(result.fpga, i) << '\n';
  }
}

}  // namespace zipml
