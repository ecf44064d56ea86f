#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/component.h"
#include "engine/quantize/level_set.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/rounding.h"
#include "experiments/compare/columns.h"

namespace zipml {

/// What rounding values to levels costs. A value outside the levels is taken for the nearest one.
struct RoundingError {
  /// Sum of squared errors: for stochastic rounding expected ones (variance, and for values outside the
  /// levels the squared distance), for nearest rounding those made (bias, not variance).
  double squared = 0.0;
  /// Largest |error| of a value: for stochastic rounding the farthest level it can come to.
  double largest = 0.0;
};

RoundingError rounding_error(std::span<const float> values, const LevelSet& levels, Rounding rounding);

/// Codes of all values, as round_to_level() gives them for elements 0, 1, ... and draw 0.
void quantize_values(std::span<const float> values, const LevelSet& levels, Rounding rounding,
                     const DrawAddress& address, std::vector<std::uint16_t>& codes);

/// One line of the comparison. What cannot be had (a column without values, levels that a strategy cannot
/// make) is empty.
struct Comparison {
  std::int64_t column = 0;  ///< from 1; 0 for all columns pooled
  std::string levels;       ///< NamedLevels::name
  int bits = 0;
  std::string rounding;
  std::optional<double> mean_variance;     ///< RoundingError::squared per value
  std::optional<double> vnmse;             ///< RoundingError::squared over the values' squared norm
  std::optional<double> ratio_to_optimal;  ///< to the strategy `optimal` with the same bits and rounding
  std::optional<double> max_error;
  std::optional<double> seconds_levels, seconds_quantize;
  std::vector<float> level_values;
};

/// A level strategy with its parameters, and what it is called in the result.
struct NamedLevels {
  std::string name;
  ComponentChoice choice;
};

/// Strategies by name, with default parameters.
std::vector<NamedLevels> default_levels(const std::vector<std::string>& names);

struct CompareOptions {
  std::vector<NamedLevels> levels;  ///< of level_strategies()
  std::vector<int> bits;            ///< 1 to 16
  std::vector<std::string> roundings;
  int threads = 1;  ///< columns at once; with more than 1 the times are of busy cores
  /// Told after every strategy and number of bits of a column how many of them are done; one call at a time.
  std::function<void(std::size_t done, std::size_t total)> progress = {};
};

/// The levels of one column (from 1; 0: pooled) that a strategy gives without looking at values. Throws
/// InputError where it has none for this column or count.
LevelSet given_levels(const LevelStrategy& strategy, int count, std::int64_t column);

/// Notes about a column: values that were left out, one value in all of the column, levels by `name` with so
/// many bits that could not be made.
std::string left_out_note(std::int64_t column, std::size_t left_out, std::size_t all);
std::string empty_note(std::int64_t column);
std::string constant_note(std::int64_t column, float value);
std::string no_levels_note(std::int64_t column, const std::string& name, int bits,
                           const std::string& problem);

/// The line of a constant column.
void fill_constant(Comparison& line, float value);

struct CompareOutcome {
  std::vector<Comparison> lines;   ///< by column, levels, bits, rounding
  std::vector<std::string> notes;  ///< what was left out and why, a sentence each
};

/// Compares on every column: 2^bits levels each. Strategies that scale rows are left out with a note. A
/// column of one distinct value needs one level and costs nothing. Where a column has a sample, levels are
/// found on it and on the column's smallest and largest value; errors are those of all values. Values of the
/// result other than the times do not depend on `threads`.
CompareOutcome compare_columns(const std::vector<CompareColumn>& columns, const CompareOptions& options);

}  // namespace zipml
