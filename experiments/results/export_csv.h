#pragma once

#include <ostream>

#include "experiments/results/result_file.h"

namespace zipml {

/// Header line of the exported table: config, panel, series, seed, run_id, dataset, estimator, bits, batch,
/// status, alpha, exact_minimum and every trace column.
void write_csv_header(std::ostream& out);

/// The rows of one result, one an epoch or with `final_only` the last one. Numbers are the shortest text that
/// reads back to the same bits; what is not known is empty, what is not a number is "nan". Texts are quoted
/// as in RFC 4180.
void write_csv_rows(std::ostream& out, const ResultFile& result, bool final_only);

}  // namespace zipml
