#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "engine/core/error.h"
#include "experiments/cli/command_list.h"
#include "experiments/cli/commands.h"
#include "experiments/cli/completion.h"
#include "experiments/cli/help.h"
#include "experiments/cli/manual_page.h"
#include "experiments/config/nearest.h"
#include "experiments/run/terminal.h"

namespace zipml {
namespace {

std::size_t help_columns() {
  constexpr std::size_t kLeast = 40, kMost = 100, kDefault = 80;
  std::size_t columns = 0;
  if (const char* given = std::getenv("COLUMNS")) std::from_chars(given, given + std::strlen(given), columns);
  if (columns == 0) columns = ::isatty(STDOUT_FILENO) == 1 ? terminal_size(STDOUT_FILENO).columns : kDefault;
  return std::clamp(columns, kLeast, kMost);
}

}  // namespace

void print_help(const OptionParser& parser) {
  std::cout << manual_text(command_page(parser), help_columns());
}

void print_program_help() { std::cout << manual_text(program_page(), help_columns()); }

std::string usage_text() {
  std::string text = "usage: zipml COMMAND [options]\n\n";
  for (const Command& command : commands()) {
    const std::string name = command.name;
    text += "  " + name + std::string(10 - name.size(), ' ') + command.options().manual().about + "\n";
  }
  return text + "\nSee: zipml help, zipml help COMMAND\n";
}

OptionParser help_options() {
  Manual manual;
  manual.command = "help";
  manual.about = "this manual, of the program or of a command; its man pages; completion for bash";
  manual.description = {
      "Prints the manual of COMMAND, or of the program. `zipml COMMAND --help` does the same. Lines are as "
      "wide "
      "as the terminal, from 40 to 100 columns.",
      "Completion asks the program itself what may come next (`zipml --complete WORDS`), so it always fits "
      "this "
      "version: commands, options, their words, configs, registries and data sets."};
  manual.environment = {"COLUMNS"};
  manual.files = {{"PREFIX/share/man/man1/zipml.1", "the man pages, one a command: `man zipml-run`"},
                  {"PREFIX/share/bash-completion/completions/zipml", "completion, where bash looks for it"}};
  manual.examples = {
      {"zipml help run", "Everything about one command"},
      {"source <(zipml help --completion bash)", "Completion in this shell, without installing"},
      {"zipml help run --man | man -l -", "A man page that is not installed"}};
  manual.see_also = {"run", "tutorials/reproduce-a-figure.md"};
  OptionParser parser(std::move(manual));
  // Not one_word(): the names are the list of commands, of which this is one.
  parser.positional(text_value("COMMAND", command_names()), "a command; without it, the program", 0, 1)
      .flag("man", "the source of the man page, for troff")
      .value("completion", one_word({"bash"}), "the script for this shell");
  return parser;
}

int help_command(const ParsedOptions& options) {
  if (options.has("completion")) {
    if (options.has("man") || !options.positional().empty()) {
      throw InputError("zipml help: --completion stands alone; see: zipml help --help");
    }
    std::cout << bash_completion();
    return 0;
  }
  const Command* command = nullptr;
  if (!options.positional().empty()) {
    const std::string& name = options.positional()[0];
    command = find_command(name);
    if (command == nullptr) {
      throw InputError("zipml help: unknown command \"" + name + "\"" + did_you_mean(name, command_names()) +
                       "; allowed: " + join(command_names()));
    }
  }
  const ManualPage page = command ? command_page(command->options()) : program_page();
  std::cout << (options.has("man") ? manual_roff(page) : manual_text(page, help_columns()));
  return 0;
}

}  // namespace zipml
