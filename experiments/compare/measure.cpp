#include "experiments/compare/measure.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/data/number_text.h"
#include "engine/quantize/level_strategy.h"

namespace zipml {
namespace {

constexpr const char* kOptimal = "optimal";

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct NamedStrategy {
  std::string name;
  std::shared_ptr<const LevelStrategy> strategy;
};

NamedStrategy make_strategy(const NamedLevels& levels) {
  return {levels.name, level_strategies()[levels.choice.kind](levels.choice.parameters)};
}

/// What levels are found on: all values, or a sample and the range of all.
std::vector<float> sample_with_range(const CompareColumn& column) {
  std::vector<float> values;
  for (const std::size_t i : column.sample) values.push_back(column.values[i]);
  const auto [low, high] = std::minmax_element(column.values.begin(), column.values.end());
  values.push_back(*low);
  values.push_back(*high);
  return values;
}

/// Levels of one column by one strategy, and what they cost; no levels where the strategy cannot make them.
struct FoundLevels {
  std::optional<LevelSet> levels;
  double seconds = 0.0;
};

/// All lines of one column.
class ColumnComparison {
 public:
  ColumnComparison(const CompareColumn& column, const std::vector<NamedStrategy>& strategies,
                   const std::shared_ptr<const LevelStrategy>& optimal, const CompareOptions& options,
                   const std::function<void()>& one_done)
      : column_(column), strategies_(strategies), optimal_(optimal), options_(options), one_done_(one_done) {
    std::vector<double> squares(column.values.size());
    std::transform(column.values.begin(), column.values.end(), squares.begin(),
                   [](float v) { return static_cast<double>(v) * static_cast<double>(v); });
    squared_norm_ = tree_sum(squares);
  }

  CompareOutcome run() {
    note_values();
    if (!column_.sample.empty()) sample_ = sample_with_range(column_);
    for (const NamedStrategy& strategy : strategies_) {
      for (const int bits : options_.bits) {
        compare(strategy, bits);
        one_done_();
      }
    }
    return std::move(outcome_);
  }

 private:
  bool is_constant() const {
    const float first = column_.values.front();
    return std::all_of(column_.values.begin(), column_.values.end(), [&](float v) { return v == first; });
  }

  void note(const std::string& what) { outcome_.notes.push_back(what); }

  void note_values() {
    const std::size_t all = column_.left_out + column_.values.size();
    if (column_.left_out != 0) note(left_out_note(column_.number, column_.left_out, all));
    if (column_.values.empty()) {
      note(empty_note(column_.number));
    } else if (is_constant()) {
      constant_ = true;
      note(constant_note(column_.number, column_.values.front()));
    }
  }

  void note_uncovered(const std::string& strategy, int bits, const LevelSet& levels) {
    // The outermost of uniform levels may miss the largest value by a rounding error.
    const double slack = 1e-6 * (static_cast<double>(levels.high()) - static_cast<double>(levels.low()));
    const double low = levels.low() - slack, high = levels.high() + slack;
    const auto outside = std::count_if(column_.values.begin(), column_.values.end(),
                                       [&](float v) { return v < low || v > high; });
    if (outside == 0) return;
    note(column_title(column_.number) + ": levels '" + strategy + "' with " + std::to_string(bits) +
         " bits do not reach " + std::to_string(outside) + " values; stochastic rounding is biased there");
  }

  void compare(const NamedStrategy& strategy, int bits) {
    FoundLevels found;
    if (!column_.values.empty() && !constant_) {
      try {
        found = find_levels(*strategy.strategy, bits);
      } catch (const std::invalid_argument& problem) {
        note(no_levels_note(column_.number, strategy.name, bits, problem.what()));
      }
    }
    if (found.levels) note_uncovered(strategy.name, bits, *found.levels);
    for (const std::string& rounding : options_.roundings) {
      Comparison line;
      line.column = column_.number;
      line.levels = strategy.name;
      line.bits = bits;
      line.rounding = rounding;
      if (constant_) fill_constant(line, column_.values.front());
      if (found.levels) fill(line, found, strategy.name == kOptimal);
      outcome_.lines.push_back(std::move(line));
    }
  }

  std::span<const float> values_for(const LevelStrategy& strategy) const {
    const bool sampled = !sample_.empty() && strategy.input() == LevelInput::values;
    return sampled ? sample_ : column_.values;
  }

  FoundLevels find_levels(const LevelStrategy& strategy, int bits) const {
    const auto start = std::chrono::steady_clock::now();
    if (strategy.input() == LevelInput::none) return {given_levels(strategy, 1 << bits, column_.number), 0.0};
    FoundLevels found{strategy.levels(values_for(strategy), 1 << bits), 0.0};
    found.seconds = seconds_since(start);
    return found;
  }

  void fill(Comparison& line, const FoundLevels& found, bool is_optimal) {
    const Rounding rounding = roundings()[line.rounding];
    const RoundingError error = rounding_error(column_.values, *found.levels, rounding);
    line.mean_variance = error.squared / static_cast<double>(column_.values.size());
    // Not constant, so that some value is not 0; its square is not 0 in double either.
    line.vnmse = error.squared / squared_norm_;
    line.max_error = error.largest;
    line.seconds_levels = found.seconds;
    // Memory is had before the clock starts; only the first line of a column would pay for it.
    codes_.resize(column_.values.size());
    const auto start = std::chrono::steady_clock::now();
    quantize_values(column_.values, *found.levels, rounding, {0, Stream::sample_rounding, 0}, codes_);
    line.seconds_quantize = seconds_since(start);
    line.level_values.assign(found.levels->values().begin(), found.levels->values().end());
    if (is_optimal) best_[{line.bits, line.rounding}] = error.squared;
    if (const std::optional<double> best = best_error(line.bits, line.rounding)) {
      if (*best > 0.0) line.ratio_to_optimal = error.squared / *best;
      if (*best == 0.0 && error.squared == 0.0) line.ratio_to_optimal = 1.0;
    }
  }

  /// What the optimal levels cost; found when first asked for, for all roundings.
  std::optional<double> best_error(int bits, const std::string& rounding) {
    const auto known = best_.find({bits, rounding});
    if (known != best_.end()) return known->second;
    std::optional<LevelSet> levels;
    try {
      levels = optimal_->levels(values_for(*optimal_), 1 << bits);
    } catch (const std::invalid_argument&) {
      // Then there is no ratio; the line of `optimal` itself, if asked for, says why.
    }
    for (const std::string& name : options_.roundings) {
      std::optional<double>& best = best_[{bits, name}];
      if (levels) best = rounding_error(column_.values, *levels, roundings()[name]).squared;
    }
    return best_[{bits, rounding}];
  }

  const CompareColumn& column_;
  const std::vector<NamedStrategy>& strategies_;
  const std::shared_ptr<const LevelStrategy>& optimal_;
  const CompareOptions& options_;
  const std::function<void()>& one_done_;
  std::vector<float> sample_;
  double squared_norm_ = 0.0;
  bool constant_ = false;
  std::map<std::pair<int, std::string>, std::optional<double>> best_;
  std::vector<std::uint16_t> codes_;
  CompareOutcome outcome_;
};

/// Counts over all columns and threads.
class ProgressCount {
 public:
  ProgressCount(std::size_t total, const std::function<void(std::size_t, std::size_t)>& report)
      : total_(total), report_(report) {}

  void one_done() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (report_) report_(done_, total_);
  }

 private:
  std::size_t done_ = 0, total_;
  const std::function<void(std::size_t, std::size_t)>& report_;
  std::mutex mutex_;
};

}  // namespace

std::vector<NamedLevels> default_levels(const std::vector<std::string>& names) {
  std::vector<NamedLevels> levels;
  for (const std::string& name : names) levels.push_back({name, choose(level_strategies().family(), name)});
  return levels;
}

LevelSet given_levels(const LevelStrategy& strategy, int count, std::int64_t column) {
  std::vector<LevelSet> sets = strategy.given(count);
  if (sets.size() == 1) return std::move(sets.front());
  const auto at = static_cast<std::size_t>(column) - 1;
  if (column != 0 && at < sets.size()) return std::move(sets[at]);
  throw InputError("levels \"given\": found " + std::to_string(sets.size()) + " sets of levels for " +
                   column_title(column) + "; allowed: one set, or one for each column");
}

std::string left_out_note(std::int64_t column, std::size_t left_out, std::size_t all) {
  return column_title(column) + ": " + std::to_string(left_out) + " of " + std::to_string(all) +
         " values are left out: NaN, infinite, empty or beyond float32";
}

std::string empty_note(std::int64_t column) {
  return column_title(column) + ": has no values; its results are empty";
}

std::string constant_note(std::int64_t column, float value) {
  return column_title(column) + ": constant, " + number_text(value) +
         "; one level holds it and it costs nothing";
}

std::string no_levels_note(std::int64_t column, const std::string& name, int bits,
                           const std::string& problem) {
  return column_title(column) + ": no levels by '" + name + "' with " + std::to_string(bits) +
         " bits: " + problem;
}

void fill_constant(Comparison& line, float value) {
  line.mean_variance = line.vnmse = line.max_error = 0.0;
  line.seconds_levels = line.seconds_quantize = 0.0;
  line.ratio_to_optimal = 1.0;
  line.level_values = {value};
}

CompareOutcome compare_columns(const std::vector<CompareColumn>& columns, const CompareOptions& options) {
  CompareOutcome outcome;
  std::vector<NamedStrategy> strategies;
  for (const NamedLevels& levels : options.levels) {
    NamedStrategy made = make_strategy(levels);
    if (made.strategy->scales_rows()) {
      outcome.notes.push_back("levels '" + levels.name +
                              "' scale rows and are left out: columns are compared");
    } else {
      strategies.push_back(std::move(made));
    }
  }
  const std::shared_ptr<const LevelStrategy> optimal =
      make_strategy(default_levels({kOptimal}).front()).strategy;

  ProgressCount count(columns.size() * strategies.size() * options.bits.size(), options.progress);
  const std::function<void()> one_done = [&count] { count.one_done(); };
  std::vector<CompareOutcome> parts(columns.size());
  parallel_blocks(columns.size(), options.threads, [&](std::size_t c) {
    parts[c] = ColumnComparison(columns[c], strategies, optimal, options, one_done).run();
  });
  for (CompareOutcome& part : parts) {
    std::move(part.lines.begin(), part.lines.end(), std::back_inserter(outcome.lines));
    std::move(part.notes.begin(), part.notes.end(), std::back_inserter(outcome.notes));
  }
  return outcome;
}

}  // namespace zipml
