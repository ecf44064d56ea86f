#include <cstddef>
#include <filesystem>
#include <iostream>
#include <span>

#include "engine/core/error.h"
#include "experiments/cli/command_list.h"
#include "experiments/cli/report_compare.h"
#include "experiments/report/figure_files.h"
#include "experiments/report/report_data.h"
#include "experiments/report/report_format.h"
#include "experiments/results/atomic_file.h"

namespace zipml {
namespace {

std::string html_page(const ReportData& report, const ParsedOptions& options) {
  const std::filesystem::path folder = options.has("figures")
                                           ? std::filesystem::path(options.text("figures"))
                                           : std::filesystem::path(options.positional().front()) / "figures";
  std::error_code ignored;
  if (options.has("figures") && !std::filesystem::is_directory(folder, ignored))
    throw InputError("zipml report: --figures: " + folder.string() + ": no such folder");
  std::vector<std::string> names;
  for (const FigureReport& figure : report.figures) names.push_back(figure.name);
  return report_html(report, load_figures(folder, names));
}

std::string formatted(const ReportData& report, const ParsedOptions& options, const std::string& format) {
  if (format == "json") return report_json(report);
  if (format == "json-full") return report_json_full(report);
  if (format == "html") return html_page(report, options);
  return format == "md" ? report_markdown(report) : report_text(report);
}

int compare(const ParsedOptions& options) {
  if (options.positional().size() != 2)
    throw InputError("zipml report --compare: found one folder, two are needed: zipml report --compare A B");
  if (options.has("output") || options.has("figures") || options.text("format") != "text")
    throw InputError(
        "zipml report --compare: writes text to standard output; --output, --format and --figures do not "
        "apply");
  return report_comparison(options.positional()[0], options.positional()[1]);
}

}  // namespace

OptionParser report_options() {
  Manual manual;
  manual.command = "report";
  manual.about = "the paper's claims against the results in a folder";
  manual.description = {
      "Holds every claim of the paper against the results in one folder or several: the paper's value, ours, "
      "its interval "
      "over seeds and the verdict (holds, fails, undecided, not run). Result files that cannot be read are "
      "named and left out.",
      "With --compare: says whether two folders hold the same results, bit for bit outside provenance and "
      "timing, and where they differ."};
  manual.exit_codes = {{"1", "With --compare, the results differ; otherwise, a file could not be written."}};
  manual.files = {{"DIR/figures", "drawings that --format html takes in: `zipml-plots` makes them"}};
  manual.examples = {{"zipml report results", "Verdicts on the terminal"},
                     {"zipml report results --format html --output report.html",
                      "Verdicts, figures, data and configs on one page"},
                     {"zipml report --compare here there", "Two machines, the same bits?"}};
  manual.see_also = {"run", "export", "claims.md", "report.md"};
  OptionParser parser(std::move(manual));
  parser.positional(folder_value("DIR"), "folders with results, taken together; two with --compare", 1)
      .flag("compare", "say whether two folders hold the same results; exit 0: they do, 1: they do not")
      .value("format", one_word({"text", "md", "json", "json-full", "html"}),
             "how it is written: json is the array of claims, html one page that needs nothing else", "text")
      .value("figures", folder_value("DIR"), "folder of the drawn figures, for html")
      .otherwise("figures in the first DIR")
      .value("output", file_value("FILE"), "write to this file")
      .otherwise("standard output");
  return parser;
}

int report_command(const ParsedOptions& options) {
  if (options.has("compare")) return compare(options);
  const std::string& format = options.text("format");
  if (options.has("figures") && format != "html")
    throw InputError("zipml report: --figures is for --format html");
  const std::vector<std::string>& folders = options.positional();

  const RunSet set = load_runs({folders.begin(), folders.end()});
  for (const std::string& problem : set.problems) std::cerr << "skipped: " << problem << "\n";
  if (set.runs.empty()) std::cerr << folders.front() << ": no results; `zipml run` writes them\n";
  const std::string report = formatted(make_report(set), options, format);
  if (options.has("output")) {
    write_file_atomically(options.text("output"), std::as_bytes(std::span(report)));
  } else {
    std::cout << report << std::flush;
    if (!std::cout) throw IoError("standard output: cannot write the report");
  }
  return 0;
}

}  // namespace zipml
