#pragma once

#include <string>
#include <vector>

#include "experiments/cli/options.h"

namespace zipml {

/// One command of the program. `run` gets what was typed after its name, checked, and returns the exit code:
/// 0 done, 1 some run failed. Wrong input is thrown as InputError (exit 2), a refusing machine as IoError
/// (exit 1).
struct Command {
  const char* name;
  OptionParser (*options)();
  int (*run)(const ParsedOptions& options);
};

/// All of them, in the order of the help.
const std::vector<Command>& commands();

/// nullptr where there is none of this name.
const Command* find_command(const std::string& name);
std::vector<std::string> command_names();

}  // namespace zipml
