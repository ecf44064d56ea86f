#include <iostream>
#include <set>

#include "engine/core/error.h"
#include "experiments/cli/command_list.h"
#include "experiments/cli/share.h"
#include "experiments/config/config.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

struct Outcome {
  std::vector<Config> configs;
  std::string errors;
};

Outcome check(const std::vector<std::filesystem::path>& files, const ConfigOptions& options) {
  try {
    return {load_configs(files, options), ""};
  } catch (const InputError& error) {
    return {{}, error.what()};
  }
}

}  // namespace

OptionParser validate_options() {
  Manual manual;
  manual.command = "validate";
  manual.about = "check configs, run nothing";
  manual.description = {
      "Checks configs at both scales, with all that their sweeps expand to, and shows every mistake with the "
      "file, the JSON pointer, what was found and what is allowed. Prints the number of runs of every config "
      "that is well."};
  manual.environment = {"ZIPML_DATA_DIR"};
  manual.examples = {{"zipml validate my.json", "Check a config"},
                     {"zipml validate my.json --set /solver/epochs=5 --seeds 3",
                      "Check what a run with these options would get"}};
  manual.see_also = {"run", "list", "schema"};
  OptionParser parser(std::move(manual));
  add_config_files(parser);
  add_config_options(parser, "paper");
  return parser;
}

int validate_command(const ParsedOptions& options) {
  ConfigOptions given = config_options(options);
  const std::vector<std::filesystem::path> files = find_configs(options.positional());
  const Outcome asked = check(files, given);
  if (!asked.errors.empty()) throw InputError(asked.errors);
  given.scale = given.scale == Scale::quick ? Scale::paper : Scale::quick;
  const Outcome other = check(files, given);
  if (!other.errors.empty()) throw InputError(other.errors);
  for (const Config& config : asked.configs) {
    for (const std::string& note : config.notes) std::cerr << note << "\n";
    std::set<std::string> excesses;
    for (const MemoryExcess& excess : config.too_large) excesses.insert("note: " + excess.message + "\n");
    for (const std::string& excess : excesses) std::cerr << excess;
    const std::size_t runs = config.runs.size();
    std::cout << config.file.string() << ": ok, " << runs << (runs == 1 ? " run\n" : " runs\n");
  }
  return 0;
}

}  // namespace zipml
