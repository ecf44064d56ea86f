#include "experiments/report/report_cells.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "experiments/report/finding.h"

namespace zipml {

std::string value_cell(const ClaimResult& result) {
  const Finding& finding = result.finding;
  if (!finding.value_text.empty()) return finding.value_text;
  if (finding.runs.empty()) return "-";
  const std::string unit =
      result.claim.unit.empty() || result.claim.unit == "loss" || result.claim.unit == "rows"
          ? ""
          : " " + result.claim.unit;
  return format_value(finding.interval.value) + unit;
}

std::string interval_cell(const Finding& finding) {
  if (!finding.value_text.empty() || finding.runs.empty() || std::isnan(finding.interval.low)) return "-";
  std::string cell = "[";
  cell.append(format_value(finding.interval.low)).append(", ").append(format_value(finding.interval.high));
  return cell + "]";
}

std::string dataset_cell(const ClaimResult& result) {
  return result.finding.dataset.empty() ? result.claim.dataset : result.finding.dataset;
}

std::string summary_line(const ReportData& report) {
  std::map<Verdict, std::size_t> counts;
  for (const ReportedClaim& claim : report.claims) ++counts[claim.result.finding.verdict];
  std::string line = std::to_string(report.claims.size()) + " claims:";
  for (const Verdict verdict : {Verdict::holds, Verdict::fails, Verdict::undecided, Verdict::not_run}) {
    line += (verdict == Verdict::holds ? " " : ", ") + std::to_string(counts[verdict]) + " " +
            std::string(verdict_name(verdict));
  }
  return line;
}

std::string statistics_line() {
  return "Intervals: 95% bootstrap of the median over seeds, paired by seed. To decide: seeds that would "
         "lead to "
         "a verdict in 4 of 5 repetitions, by the spread of those there are.";
}

std::string format_bytes(double bytes) {
  if (!std::isfinite(bytes)) return format_value(bytes);
  const std::array<const char*, 6> units = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; bytes >= 999.5 && unit + 1 < units.size(); ++unit) bytes /= 1000.0;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g %s", bytes, units[unit]);
  return text.data();
}

std::string moved_cell(std::uint64_t bytes) {
  return bytes == 0 ? "-" : format_bytes(static_cast<double>(bytes));
}

std::string quantity_cell(const Quantity& quantity, double value) {
  if (std::isnan(value)) return "-";
  if (quantity.unit == "B") return format_bytes(value);
  const std::string unit = quantity.unit.empty() || quantity.unit == "bits" ? "" : " " + quantity.unit;
  return format_value(value) + unit;
}

std::string quantity_interval(const Quantity& quantity, const Interval& interval) {
  if (std::isnan(interval.low) || interval.low == interval.high) return "";
  const bool bytes = quantity.unit == "B";
  return "[" + (bytes ? format_bytes(interval.low) : format_value(interval.low)) + ", " +
         (bytes ? format_bytes(interval.high) : format_value(interval.high)) + "]";
}

}  // namespace zipml
