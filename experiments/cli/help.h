#pragma once

#include <string>

#include "experiments/cli/options.h"

namespace zipml {

/// The manual of a command, or of the program, on standard output, as wide as the terminal.
void print_help(const OptionParser& parser);
void print_program_help();

/// A few lines for who typed no command.
std::string usage_text();

}  // namespace zipml
