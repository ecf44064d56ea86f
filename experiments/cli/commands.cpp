#include "experiments/cli/commands.h"

#include "experiments/cli/command_list.h"

namespace zipml {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run", run_options, run_command},
      {"validate", validate_options, validate_command},
      {"list", list_options, list_command},
      {"schema", schema_options, schema_command},
      {"compare", compare_options, compare_command},
      {"fpga", fpga_options, fpga_command},
      {"report", report_options, report_command},
      {"merge", merge_options, merge_command},
      {"export", export_options, export_command},
      {"data", data_options, data_command},
      {"help", help_options, help_command},
  };
  return all;
}

const Command* find_command(const std::string& name) {
  for (const Command& command : commands()) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

}  // namespace zipml
