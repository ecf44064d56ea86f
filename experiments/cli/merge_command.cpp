#include <iostream>

#include "experiments/cli/commands.h"
#include "experiments/cli/options.h"
#include "experiments/results/merge_results.h"

namespace zipml {

int merge_command(const std::vector<std::string>& args) {
  OptionParser parser(
      "merge",
      "Copies results of several folders into one, such as those of a sweep's shards. Every file is "
      "checked; what is there already is compared and stays as it is.",
      "zipml merge results shard-1 shard-2 shard-3");
  parser.positional("FOLDER", "the folder to merge into, then those to merge", 2);
  const std::optional<ParsedOptions> parsed = parser.parse(args);
  if (!parsed) return 0;
  const std::vector<std::string>& names = parsed->positional();
  const Merging merging = merge_results(names.front(), {names.begin() + 1, names.end()});
  for (const std::string& line : problem_lines(merging.problems)) std::cerr << "not merged: " << line << "\n";
  for (const RunDifference& run : merging.conflicts) print_difference(run, std::cout);
  std::cout << names.front() << ": " << merging.copied << " results copied, " << merging.there
            << " there already and the same, " << merging.kept << " kept that are not reproducible, "
            << merging.conflicts.size() << " differ, " << merging.problems.size() << " not usable\n";
  return merging.clean() ? 0 : 1;
}

}  // namespace zipml
