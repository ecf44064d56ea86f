#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "engine/core/error.h"
#include "engine/data/row_table.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/row_sample.h"
#include "experiments/cli/command_list.h"
#include "experiments/cli/compare_plot.h"
#include "experiments/cli/compare_progress.h"
#include "experiments/compare/compare_format.h"
#include "experiments/compare/distribution.h"
#include "experiments/compare/ranges.h"
#include "experiments/compare/stream_compare.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/level_list.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

constexpr int kMostBits = 8;
constexpr std::int64_t kMostValues = std::int64_t{1} << 32, kDefaultCount = 100'000;

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ',') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

/// Names of a family, each once, in the order given; "all" for every one.
std::vector<std::string> chosen_names(const std::string& option, const std::string& text,
                                      const ComponentFamily& family) {
  const std::vector<std::string> known = member_names(family);
  if (text == "all") return known;
  std::vector<std::string> names;
  for (const std::string& word : split_words(text)) {
    if (family.find(word) == nullptr) {
      throw InputError("zipml compare: --" + option + ": found \"" + word + "\"" + did_you_mean(word, known) +
                       "; allowed: all, " + join(known));
    }
    if (std::find(names.begin(), names.end(), word) == names.end()) names.push_back(word);
  }
  return names;
}

CompareOptions requested_comparison(const ParsedOptions& options) {
  CompareOptions result;
  result.roundings = chosen_names("rounding", options.text("rounding"), roundings().family());
  for (const std::int64_t bits : parse_ranges(options.text("bits"), "zipml compare: --bits", 1, kMostBits)) {
    result.bits.push_back(static_cast<int>(bits));
  }
  for (LevelEntry& entry : parse_level_list(options.text("levels"), result.bits, "zipml compare: --levels")) {
    result.levels.push_back({std::move(entry.text), std::move(entry.choice)});
  }
  result.threads = static_cast<int>(options.integer("threads"));
  return result;
}

void refuse(const ParsedOptions& options, const std::vector<const char*>& names, const std::string& why) {
  for (const char* name : names) {
    if (options.has(name)) {
      throw InputError("zipml compare: --" + std::string(name) + " " + why + "; see: zipml compare --help");
    }
  }
}

std::uint64_t requested_seed(const ParsedOptions& options) {
  return options.has("seed") ? static_cast<std::uint64_t>(options.integer("seed")) : 0;
}

std::size_t requested_sample(const ParsedOptions& options) {
  if (!options.has("sample-rows")) return 0;
  return static_cast<std::size_t>(options.integer("sample-rows"));
}

std::vector<CompareColumn> generated(const ParsedOptions& options) {
  if (!options.positional().empty()) {
    throw InputError("zipml compare: DATA and --distribution are given; allowed: one of them");
  }
  refuse(options, {"columns", "pooled", "rows", "object"}, "needs DATA, not --distribution");
  const Distribution distribution = parse_distribution(options.text("distribution"));
  const std::int64_t count = options.has("count") ? options.integer("count") : kDefaultCount;
  const std::vector<float> values =
      generate(distribution, static_cast<std::size_t>(count), requested_seed(options));
  const std::size_t sample = requested_sample(options);
  const bool sampled = sample != 0 && sample < values.size();
  return {make_column(
      1, values,
      sampled ? sample_rows(values.size(), sample, requested_seed(options)) : std::vector<std::size_t>())};
}

ColumnRequest requested_file(const ParsedOptions& options) {
  if (options.positional().empty()) {
    throw InputError(
        "zipml compare: DATA is missing: a data file, or --distribution; see: zipml compare --help");
  }
  refuse(options, {"count"}, "needs --distribution");
  if (!options.has("sample-rows")) refuse(options, {"seed"}, "needs --distribution or --sample-rows");
  ColumnRequest request;
  request.path = options.positional().front();
  if (options.has("object")) request.object = options.text("object");
  if (options.has("rows")) request.rows = static_cast<std::size_t>(options.integer("rows"));
  if (options.has("columns")) {
    request.columns = parse_ranges(options.text("columns"), "zipml compare: --columns", 1,
                                   static_cast<std::int64_t>(kMaxFeatures));
  }
  request.sample_rows = requested_sample(options);
  request.seed = requested_seed(options);
  request.pooled = options.has("pooled");
  return request;
}

/// The comparison, with what --plot needs beside it.
struct Compared {
  std::string title;
  std::vector<CompareColumn> columns;
  CompareOutcome outcome;
};

Compared compare_in_memory(const ParsedOptions& options, CompareOptions& what) {
  Compared compared;
  if (options.has("distribution")) {
    compared.title = options.text("distribution");
    compared.columns = generated(options);
  } else {
    const ColumnRequest request = requested_file(options);
    compared.title = request.path.filename().string();
    compared.columns = load_columns(request);
  }
  CompareProgress progress(compared.title, std::cerr, STDERR_FILENO);
  what.progress = [&](std::size_t done, std::size_t total) {
    progress.report(std::to_string(done) + " of " + std::to_string(total) + " comparisons",
                    static_cast<double>(done) / static_cast<double>(total));
  };
  compared.outcome = compare_columns(compared.columns, what);
  what.progress = {};
  progress.close();
  return compared;
}

Compared compare_in_parts(const ParsedOptions& options, const CompareOptions& what) {
  refuse(options, {"distribution", "sample-rows", "plot", "object"}, "does not go with --streaming");
  const ColumnRequest request = requested_file(options);
  Compared compared{request.path.filename().string(), {}, {}};
  CompareProgress progress(compared.title, std::cerr, STDERR_FILENO);
  std::size_t rows_in_file = 0;  // known after the first pass
  compared.outcome = compare_stream(request, what, [&](int pass, std::size_t rows) {
    if (pass == 1) rows_in_file = rows;
    const double of_pass = pass == 1 ? 0.0 : static_cast<double>(rows) / static_cast<double>(rows_in_file);
    progress.report("pass " + std::to_string(pass) + " of 3, " + std::to_string(rows) + " rows",
                    pass == 1 ? 0.0 : (pass - 1 + of_pass) / 3.0);
  });
  progress.close();
  return compared;
}

std::string formatted(const std::vector<Comparison>& lines, const std::string& format) {
  if (format == "json") return compare_json(lines);
  return format == "csv" ? compare_csv(lines) : compare_table(lines);
}

}  // namespace

OptionParser compare_options() {
  Manual manual;
  manual.command = "compare";
  manual.about = "quantizers on your own data: error and time";
  manual.description = {
      "Finds levels for every column of a file, by every level strategy and for every number of bits, rounds "
      "the column to them and prints what that costs: the mean variance, the error relative to |x|^2, the "
      "ratio to the optimal levels, the largest error and the seconds.",
      "All strategies with 1 to 8 bits are the default; exact ones take long on large files, so name the "
      "strategies there. docs/compare.md explains every number."};
  manual.environment = {"ZIPML_PYTHON", "ZIPML_PLOTS", "TERM", "CI"};
  manual.examples = {
      {"zipml compare my.csv --bits 2-4 --levels uniform,optimal", "Two strategies on every column"},
      {"zipml compare --distribution lognormal:0,1 --bits 4 --format json",
       "On generated values, for a program"},
      {"zipml compare activations.npy --pooled --bits 4 --plot errors.png", "As a picture"}};
  manual.see_also = {"list", "compare.md", "levels.md", "tutorials/compare-quantizers.md"};
  OptionParser parser(std::move(manual));
  std::vector<std::string> strategies = member_names(level_strategies().family());
  strategies.insert(strategies.begin(), "all");
  std::vector<std::string> distributions;
  for (const std::string& name : distribution_names()) distributions.push_back(name);
  constexpr std::int64_t kMostThreads = 1024;
  parser
      .positional(file_value("DATA"),
                  "a LIBSVM, CSV, HDF5, .npy, .f32 or .f64 file; none with --distribution", 0, 1)
      .value("bits", text_value("LIST"), "bits of a code, 1 to 8, such as 2-4 or 2,8", "1-8")
      .value("levels", list_value("NAMES", strategies),
             "level strategies (`zipml list levels`), with parameters in braces: "
             "uniform,optimal_histogram{bins=1024}; or all",
             "all")
      .value("rounding", list_value("NAMES", member_names(roundings().family())),
             "how values go to their levels: stochastic, nearest or both", "stochastic,nearest")
      .value("columns", text_value("LIST"), "columns from 1, such as 1,3-5")
      .otherwise("all of them")
      .flag("pooled", "the values of all these columns together")
      .flag("streaming", "read the file in parts, for .npy, .f32 and .f64 files larger than memory")
      .value("rows", integer_value("N", 1, kMostValues), "the first N rows only")
      .value("object", text_value("NAME"), "data set of an HDF5 file")
      .otherwise("/features")
      .value("distribution", text_value("SPEC", distributions),
             "generate values: lognormal:0,1, normal:0,1, uniform:0,1, laplace:0,1 or pareto:1,1")
      .value("count", integer_value("N", 1, kMostValues), "how many of them")
      .otherwise(std::to_string(kDefaultCount))
      .value("sample-rows", integer_value("N", 1, kMostValues),
             "find levels on N rows drawn at random; errors are those of all rows")
      .value("seed", integer_value("S", 0), "of generated values and of the sample")
      .otherwise("0")
      .value("threads", integer_value("T", 1, kMostThreads),
             "columns at once; more than 1 disturbs the times", "1")
      .value("format", one_word({"table", "csv", "json"}), "how the comparison is written", "table")
      .value("plot", file_value("FILE"),
             "draw levels over histograms and the error curves (.png, .svg or .pdf)");
  return parser;
}

int compare_command(const ParsedOptions& options) {
  CompareOptions what = requested_comparison(options);
  const std::string& format = options.text("format");
  if (options.has("plot")) check_plot_file(options.text("plot"));
  const Compared compared =
      options.has("streaming") ? compare_in_parts(options, what) : compare_in_memory(options, what);
  for (const std::string& note : compared.outcome.notes) std::cerr << compared.title << ": " << note << "\n";
  std::cout << formatted(compared.outcome.lines, format) << std::flush;
  if (!std::cout) throw IoError("standard output: cannot write the comparison");
  if (options.has("plot")) {
    draw_comparison(compare_plot_data(compared.title, compared.columns, compared.outcome.lines),
                    options.text("plot"));
  }
  return 0;
}

}  // namespace zipml
