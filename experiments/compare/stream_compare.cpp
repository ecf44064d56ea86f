#include "experiments/compare/stream_compare.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/data/number_stream.h"
#include "engine/quantize/level_strategy.h"

namespace zipml {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Strategy {
  std::string name;
  std::unique_ptr<const LevelStrategy> levels;
};

/// Levels of one strategy in the making, on one column.
struct Finding {
  std::unique_ptr<LevelStream> stream;  ///< nothing for given levels
  double seconds = 0.0;
};

/// One line in the making.
struct Measuring {
  Comparison line;
  std::optional<LevelSet> levels;
  RoundingError error;
  double seconds = 0.0;
};

struct Column {
  std::int64_t number = 0;
  std::vector<float> part;  ///< finite values of the rows read last
  std::size_t count = 0, left_out = 0;
  float low = 0.0f, high = 0.0f;
  double squares = 0.0;
  std::vector<Finding> findings;
  std::vector<Measuring> lines;
  std::vector<std::uint16_t> codes;
};

void add_range(Column& column) {
  for (const float value : column.part) {
    if (column.count == 0) column.low = column.high = value;
    column.low = std::min(column.low, value);
    column.high = std::max(column.high, value);
    ++column.count;
  }
  // Block by block, or the rounding errors of a long sum would show.
  constexpr std::size_t kBlock = 1024;
  for (std::size_t first = 0; first < column.part.size(); first += kBlock) {
    double sum = 0.0;
    for (std::size_t i = first; i < std::min(first + kBlock, column.part.size()); ++i) {
      sum += static_cast<double>(column.part[i]) * static_cast<double>(column.part[i]);
    }
    column.squares += sum;
  }
}

void add_values(Column& column) {
  for (Finding& finding : column.findings) {
    if (!finding.stream) continue;
    const auto start = Clock::now();
    finding.stream->add(column.part);
    finding.seconds += seconds_since(start);
  }
}

void add_errors(Column& column) {
  for (Measuring& measuring : column.lines) {
    if (!measuring.levels) continue;
    const Rounding rounding = roundings()[measuring.line.rounding];
    const RoundingError error = rounding_error(column.part, *measuring.levels, rounding);
    measuring.error.squared += error.squared;
    measuring.error.largest = std::max(measuring.error.largest, error.largest);
    column.codes.resize(column.part.size());
    const auto start = Clock::now();
    quantize_values(column.part, *measuring.levels, rounding, {0, Stream::sample_rounding, 0}, column.codes);
    measuring.seconds += seconds_since(start);
  }
}

class StreamComparison {
 public:
  StreamComparison(const ColumnRequest& request, const CompareOptions& options,
                   const std::function<void(int, std::size_t)>& progress)
      : request_(request), options_(options), progress_(progress), raw_(part_type(request.path)) {
    for (const NamedLevels& levels : options.levels) add_strategy(levels);
    if (strategies_.empty()) {
      throw InputError(
          "no strategy is left that finds levels from values in parts; allowed: uniform, xnor, log, "
          "optimal_histogram, optimal_candidates, given");
    }
    const std::vector<std::int64_t> numbers =
        requested_columns(request, NumberStream(request.path, raw_).cols());
    for (const std::int64_t number : numbers) places_.push_back(static_cast<std::size_t>(number) - 1);
    columns_.resize(request.pooled ? 1 : numbers.size());
    for (std::size_t c = 0; !request.pooled && c < numbers.size(); ++c) columns_[c].number = numbers[c];
  }

  CompareOutcome run() {
    pass(1, add_range);
    for (Column& column : columns_) begin_levels(column);
    pass(2, add_values);
    for (Column& column : columns_) end_levels(column);
    pass(3, add_errors);
    for (Column& column : columns_) finish(column);
    return std::move(outcome_);
  }

 private:
  void add_strategy(const NamedLevels& levels) {
    Strategy made{levels.name, level_strategies()[levels.choice.kind](levels.choice.parameters)};
    if (made.levels->scales_rows()) {
      outcome_.notes.push_back("levels '" + levels.name +
                               "' scale rows and are left out: columns are compared");
    } else if (made.levels->input() != LevelInput::none && !made.levels->stream(0.0f, 1.0f)) {
      outcome_.notes.push_back("levels '" + levels.name +
                               "' need all values at once and are left out: the file is read in parts");
    } else {
      strategies_.push_back(std::move(made));
    }
  }

  // Reads the file once; `work` sees every column's part.
  void pass(int number, void (*work)(Column&)) {
    NumberStream stream(request_.path, raw_);
    constexpr std::size_t kValues = std::size_t{1} << 20;
    const std::size_t cols = stream.cols(), part_rows = std::max<std::size_t>(1, kValues / cols);
    std::size_t rows = 0;
    std::vector<float> values;
    while (request_.rows == 0 || rows < request_.rows) {
      const std::size_t wanted = request_.rows == 0 ? part_rows : std::min(part_rows, request_.rows - rows);
      if (!stream.next(wanted, values)) break;
      rows += values.size() / cols;
      distribute(values, cols, number == 1);
      parallel_blocks(columns_.size(), options_.threads, [&](std::size_t c) { work(columns_[c]); });
      if (progress_) progress_(number, rows);
    }
  }

  void distribute(const std::vector<float>& values, std::size_t cols, bool count_left_out) {
    for (Column& column : columns_) column.part.clear();
    for (std::size_t first = 0; first < values.size(); first += cols) {
      for (std::size_t p = 0; p < places_.size(); ++p) {
        Column& column = columns_[request_.pooled ? 0 : p];
        const float value = values[first + places_[p]];
        if (std::isfinite(value)) {
          column.part.push_back(value);
        } else if (count_left_out) {
          ++column.left_out;
        }
      }
    }
  }

  bool is_constant(const Column& column) const { return column.count > 0 && column.low == column.high; }

  void begin_levels(Column& column) {
    if (column.left_out != 0) {
      outcome_.notes.push_back(left_out_note(column.number, column.left_out, column.left_out + column.count));
    }
    if (column.count == 0) outcome_.notes.push_back(empty_note(column.number));
    if (is_constant(column)) outcome_.notes.push_back(constant_note(column.number, column.low));
    if (column.count == 0 || is_constant(column)) return;
    for (const Strategy& strategy : strategies_) {
      column.findings.push_back({strategy.levels->stream(column.low, column.high), 0.0});
    }
  }

  void end_levels(Column& column) {
    for (std::size_t s = 0; s < strategies_.size(); ++s) {
      for (const int bits : options_.bits) {
        std::optional<LevelSet> levels;
        double seconds = 0.0;
        if (!column.findings.empty()) levels = find(column, s, bits, seconds);
        for (const std::string& rounding : options_.roundings) {
          Measuring measuring;
          measuring.line.column = column.number;
          measuring.line.levels = strategies_[s].name;
          measuring.line.bits = bits;
          measuring.line.rounding = rounding;
          if (levels) measuring.line.seconds_levels = seconds;
          measuring.levels = levels;
          column.lines.push_back(std::move(measuring));
        }
      }
    }
  }

  std::optional<LevelSet> find(Column& column, std::size_t s, int bits, double& seconds) {
    const Finding& finding = column.findings[s];
    const auto start = Clock::now();
    std::optional<LevelSet> levels;
    try {
      levels = finding.stream ? finding.stream->levels(1 << bits)
                              : given_levels(*strategies_[s].levels, 1 << bits, column.number);
    } catch (const std::invalid_argument& problem) {
      outcome_.notes.push_back(no_levels_note(column.number, strategies_[s].name, bits, problem.what()));
      return {};
    }
    seconds = finding.seconds + seconds_since(start);
    if (!finding.stream && (column.low < levels->low() || column.high > levels->high())) {
      outcome_.notes.push_back(column_title(column.number) + ": levels '" + strategies_[s].name +
                               "' do not reach all values; stochastic rounding is biased there");
    }
    return levels;
  }

  void finish(Column& column) {
    for (Measuring& measuring : column.lines) {
      Comparison& line = measuring.line;
      if (is_constant(column)) {
        fill_constant(line, column.low);
      } else if (measuring.levels) {
        line.mean_variance = measuring.error.squared / static_cast<double>(column.count);
        line.vnmse = measuring.error.squared / column.squares;
        line.max_error = measuring.error.largest;
        line.seconds_quantize = measuring.seconds;
        line.level_values.assign(measuring.levels->values().begin(), measuring.levels->values().end());
      }
      outcome_.lines.push_back(std::move(line));
    }
  }

  const ColumnRequest& request_;
  const CompareOptions& options_;
  const std::function<void(int, std::size_t)>& progress_;
  std::optional<RawType> raw_;
  std::vector<Strategy> strategies_;
  std::vector<std::size_t> places_;  ///< of the columns in a row
  std::vector<Column> columns_;
  CompareOutcome outcome_;
};

}  // namespace

CompareOutcome compare_stream(const ColumnRequest& request, const CompareOptions& options,
                              const std::function<void(int, std::size_t)>& progress) {
  return StreamComparison(request, options, progress).run();
}

}  // namespace zipml
