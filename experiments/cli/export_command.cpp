#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>
#include <utility>

#include "engine/core/error.h"
#include "experiments/cli/commands.h"
#include "experiments/cli/options.h"
#include "experiments/config/nearest.h"
#include "experiments/results/export_csv.h"
#include "experiments/results/file_problems.h"
#include "experiments/results/result_file.h"

namespace zipml {

int export_command(const std::vector<std::string>& args) {
  OptionParser parser("export", "Prints result files as CSV: one line an epoch of every run.",
                      "zipml export results/fig8 --final > fig8.csv");
  parser.positional("RESULT", "result files, or folders of them", 1);
  parser.flag("final", "one line a run: its last epoch");
  const std::optional<ParsedOptions> parsed = parser.parse(args);
  if (!parsed) return 0;

  std::vector<std::filesystem::path> files;
  std::set<std::filesystem::path> seen;
  for (const std::string& name : parsed->positional()) {
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
  for (const ResultFile& result : results) write_csv_rows(std::cout, result, parsed->has("final"));
  std::cout.flush();
  if (!std::cout) throw IoError("standard output: cannot be written");
  return 0;
}

}  // namespace zipml
