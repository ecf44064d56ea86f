#include <iostream>

#include "experiments/cli/command_list.h"
#include "experiments/results/merge_results.h"

namespace zipml {

OptionParser merge_options() {
  Manual manual;
  manual.command = "merge";
  manual.about = "results of several folders, such as those of shards, in one";
  manual.description = {
      "Copies results of several folders into one, such as those of a sweep's shards. Every file is checked; "
      "what is there already is compared and stays as it is."};
  manual.exit_codes = {{"1", "Some results differ, or could not be used."}};
  manual.examples = {{"zipml merge results shard-1 shard-2 shard-3", "Three shards into one folder"}};
  manual.see_also = {"run", "report", "sweeps.md"};
  OptionParser parser(std::move(manual));
  parser.positional(folder_value("FOLDER"), "the folder to merge into, then those to merge", 2);
  return parser;
}

int merge_command(const ParsedOptions& parsed) {
  const std::vector<std::string>& names = parsed.positional();
  const Merging merging = merge_results(names.front(), {names.begin() + 1, names.end()});
  for (const std::string& line : problem_lines(merging.problems)) std::cerr << "not merged: " << line << "\n";
  for (const RunDifference& run : merging.conflicts) print_difference(run, std::cout);
  std::cout << names.front() << ": " << merging.copied << " results copied, " << merging.there
            << " there already and the same, " << merging.kept << " kept that are not reproducible, "
            << merging.conflicts.size() << " differ, " << merging.problems.size() << " not usable\n";
  return merging.clean() ? 0 : 1;
}

}  // namespace zipml
