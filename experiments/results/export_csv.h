#pragma once

#include <ostream>

#include "experiments/results/result_file.h"

namespace zipml {

/// Header line of the exported table: config, panel, series, seed, run_id, dataset, estimator, bits, batch,
/// status, alpha, exact_minimum, every trace column and, for runs with an FPGA's time axis, fpga_design,
/// fpga_platform, fpga_binds and what the engine has taken so far: fpga_cycles, fpga_seconds, fpga_bytes.
void write_csv_header(std::ostream& out);

/// The rows of one result, one an epoch or with `final_only` the last one; none where there is neither a
/// trace nor an FPGA's time axis. Numbers are the shortest text that reads back to the same bits; what is not
/// known is empty, what is not a number is "nan". Texts are quoted as in RFC 4180.
void write_csv_rows(std::ostream& out, const ResultFile& result, bool final_only);

}  // namespace zipml
