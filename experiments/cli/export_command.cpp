#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>
#include <utility>

#include "engine/core/error.h"
#include "experiments/cli/command_list.h"
#include "experiments/results/export_csv.h"
#include "experiments/results/file_problems.h"
#include "experiments/results/result_file.h"

namespace zipml {

OptionParser export_options() {
  Manual manual;
  manual.command = "export";
  manual.about = "print result files as CSV";
  manual.description = {
      "Prints one line for every epoch of every run: what the run is, its losses, and the bytes and values "
      "it "
      "read so far. Losses are in the labels' own units, bytes are as docs/claims.md counts them, seconds "
      "are "
      "wall time unless their name says otherwise."};
  manual.files = {{"RESULTS/CONFIG/RUN.h5", "a result: HDF5, one file a run"}};
  manual.examples = {{"zipml export results/fig8 --final > fig8.csv", "One line a run, of one config"},
                     {"zipml export results", "Every epoch of everything"}};
  manual.see_also = {"run", "report"};
  OptionParser parser(std::move(manual));
  parser.positional(file_value("RESULT", ".h5"), "result files, or folders of them", 1);
  parser.flag("final", "one line a run: its last epoch");
  return parser;
}

int export_command(const ParsedOptions& parsed) {
  std::vector<std::filesystem::path> files;
  std::set<std::filesystem::path> seen;
  for (const std::string& name : parsed.positional()) {
    for (const std::filesystem::path& file : find_results(name)) {
      if (seen.insert(std::filesystem::weakly_canonical(file)).second) files.push_back(file);
    }
  }
  // All of them are read before anything is printed, so that wrong input prints nothing.
  std::vector<ResultFile> results;
  std::vector<FileProblem> problems;
  for (const std::filesystem::path& file : files) {
    ReadOutcome<ResultFile> outcome = read_result(file, ResultParts::for_reports);
    if (outcome.value) {
      results.push_back(*std::move(outcome.value));
    } else {
      problems.push_back({file, std::move(outcome.problem)});
    }
  }
  if (!problems.empty()) throw InputError(join(problem_lines(problems), "\n"));
  const auto without_epochs = std::count_if(results.begin(), results.end(), [](const ResultFile& result) {
    return result.trace.empty() && !result.fpga;
  });
  if (without_epochs > 0) {
    std::cerr << without_epochs << " results are of runs that did not train: they have no epochs to print\n";
  }
  write_csv_header(std::cout);
  for (const ResultFile& result : results) write_csv_rows(std::cout, result, parsed.has("final"));
  std::cout.flush();
  if (!std::cout) throw IoError("standard output: cannot be written");
  return 0;
}

}  // namespace zipml
