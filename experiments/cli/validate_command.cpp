#include <iostream>
#include <set>

#include "engine/core/error.h"
#include "experiments/cli/commands.h"
#include "experiments/cli/options.h"
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

int validate_command(const std::vector<std::string>& args) {
  OptionParser parser("validate",
                      "Checks configs at both scales and shows every error with file and JSON pointer.",
                      "zipml validate configs/figures/*.json --data-dir data");
  parser.positional("CONFIG", "config files", 1);
  add_config_options(parser, "paper");
  const auto options = parser.parse(args);
  if (!options) return 0;
  const std::vector<std::filesystem::path> files(options->positional().begin(), options->positional().end());
  ConfigOptions given = config_options(*options);
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
