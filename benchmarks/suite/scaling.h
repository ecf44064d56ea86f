#pragma once

#include <nlohmann/json.hpp>

#include "benchmarks/suite/options.h"

namespace zipml::bench {

/// The third table: exponents of an epoch's time in rows, columns and threads, fitted by least squares on the
/// logarithms of sizes and median times. Prints a line a fit; returns the lines with their points, and clears
/// `all_right` where a check failed.
nlohmann::json measure_scaling(const Options& options, bool& all_right);

/// Slope of the least-squares line through (log x, log y); NaN with fewer than two different x.
double fitted_exponent(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace zipml::bench
