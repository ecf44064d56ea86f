#pragma once

#include <cstdint>
#include <string>

#include "experiments/report/report_data.h"

namespace zipml {

// What the formats for people write about a claim, so that they agree.

/// "2.089 %"; "-" without a run.
std::string value_cell(const ClaimResult& result);
/// "[1.9, 2.3]"; "-" where there is none.
std::string interval_cell(const Finding& finding);
/// The set that was used, or else the paper's.
std::string dataset_cell(const ClaimResult& result);
/// "227 claims: 36 holds, 11 fails, 8 undecided, 172 not run"
std::string summary_line(const ReportData& report);
/// What intervals and the seeds to decide are, a sentence each.
std::string statistics_line();
/// "12.3 MB", decimal.
std::string format_bytes(double bytes);
/// The same of bytes moved; "-" for a run that measured something else.
std::string moved_cell(std::uint64_t bytes);
/// A quantity's median: "0.1234", "97.1 %", "12.3 MB".
std::string quantity_cell(const Quantity& quantity, double value);
/// Its interval: "[0.12, 0.13]"; empty where it is the value alone.
std::string quantity_interval(const Quantity& quantity, const Interval& interval);

}  // namespace zipml
