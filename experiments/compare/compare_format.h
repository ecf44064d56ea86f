#pragma once

#include <string>
#include <vector>

#include "experiments/compare/measure.h"

namespace zipml {

// Members, and columns of the CSV and the table: column (a number from 1, or "pooled"), levels, bits,
// rounding, mean_variance, vnmse, ratio_to_optimal, max_error, seconds_levels, seconds_quantize, level_values
// (not in the table). What is empty is null, in CSV nothing, in the table "-".

std::string compare_json(const std::vector<Comparison>& lines);

/// With a header line; level_values are one field, separated by spaces.
std::string compare_csv(const std::vector<Comparison>& lines);

/// Aligned columns with a header line, four digits a number.
std::string compare_table(const std::vector<Comparison>& lines);

/// What plots/compare.py reads: JSON with `lines` as above, `title`, and `histograms`, one a column: column,
/// low, high, counts of equal bins.
std::string compare_plot_data(const std::string& title, const std::vector<CompareColumn>& columns,
                              const std::vector<Comparison>& lines);

}  // namespace zipml
