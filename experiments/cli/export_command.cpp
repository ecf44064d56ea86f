#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "engine/core/error.h"
#include "experiments/cli/command_list.h"
#include "experiments/config/nearest.h"
#include "experiments/results/export_csv.h"
#include "experiments/results/file_problems.h"
#include "experiments/results/result_file.h"

namespace zipml {

namespace {

// All of them are read before anything is printed, so that wrong input prints nothing. A file that was asked
// for by name must be a result; of those found in folders the others are named and left out, as in a report.
std::vector<ResultFile> read_results(const std::vector<std::string>& names) {
  std::vector<ResultFile> results;
  std::vector<FileProblem> wrong, skipped;
  std::set<std::filesystem::path> seen;
  std::map<std::string, std::filesystem::path> holders;  // by the run's id
  for (const std::string& name : names) {
    for (const std::filesystem::path& file : find_results(name)) {
      std::error_code error;  // of links that lead in circles
      if (!seen.insert(std::filesystem::weakly_canonical(file, error)).second && !error) continue;
      ReadOutcome<ResultFile> outcome = read_result(file, ResultParts::for_reports);
      if (outcome.value) {
        const auto [holder, is_new] = holders.try_emplace(outcome.value->run_id, file);
        if (is_new) {
          results.push_back(*std::move(outcome.value));
        } else {
          skipped.push_back({file, copy_problem(file, holder->first, holder->second)});
        }
      } else if (file == name) {
        wrong.push_back({file, std::move(outcome.problem)});
      } else {
        skipped.push_back({file, std::move(outcome.problem)});
      }
    }
  }
  if (!wrong.empty()) throw InputError(join(problem_lines(wrong), "\n"));
  for (const std::string& line : problem_lines(skipped)) std::cerr << "skipped: " << line << "\n";
  return results;
}

}  // namespace

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
  const std::vector<ResultFile> results = read_results(parsed.positional());
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
