#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "engine/core/error.h"
#include "experiments/cli/commands.h"
#include "experiments/cli/options.h"
#include "experiments/results/export_csv.h"
#include "experiments/results/result_file.h"

namespace zipml {

namespace {

// All of them are read before anything is printed, so that wrong input prints nothing. A file that was asked
// for by name must be a result; of those found in folders the others are named and left out, as in a report.
std::vector<ResultFile> read_results(const std::vector<std::string>& names) {
  std::vector<ResultFile> results;
  std::string wrong, skipped;
  std::set<std::filesystem::path> seen;
  std::map<std::string, std::filesystem::path> holders;  // by the run's id
  for (const std::string& name : names) {
    for (const std::filesystem::path& file : find_results(name)) {
      std::error_code error;  // of links that lead in circles
      if (!seen.insert(std::filesystem::weakly_canonical(file, error)).second && !error) continue;
      ReadOutcome<ResultFile> outcome = read_result(file);
      if (outcome.value) {
        const auto [holder, is_new] = holders.try_emplace(outcome.value->run_id, file);
        if (is_new) {
          results.push_back(*std::move(outcome.value));
        } else {
          skipped += "skipped: " + copy_problem(file, holder->first, holder->second) + "\n";
        }
      } else if (file == name) {
        wrong += (wrong.empty() ? "" : "\n") + outcome.problem;
      } else {
        skipped += "skipped: " + outcome.problem + "\n";
      }
    }
  }
  if (!wrong.empty()) throw InputError(wrong);
  std::cerr << skipped;
  return results;
}

}  // namespace

int export_command(const std::vector<std::string>& args) {
  OptionParser parser("export", "Prints result files as CSV: one line an epoch of every run.",
                      "zipml export results/fig8 --final > fig8.csv");
  parser.positional("RESULT", "result files, or folders of them", 1);
  parser.flag("final", "one line a run: its last epoch");
  const std::optional<ParsedOptions> parsed = parser.parse(args);
  if (!parsed) return 0;

  const std::vector<ResultFile> results = read_results(parsed->positional());
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
