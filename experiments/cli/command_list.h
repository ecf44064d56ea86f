#pragma once

#include "experiments/cli/options.h"

namespace zipml {

// A pair for every command: its table of options with its manual, and what it does with them (see Command).

OptionParser run_options();
OptionParser validate_options();
OptionParser list_options();
OptionParser schema_options();
OptionParser compare_options();
OptionParser fpga_options();
OptionParser report_options();
OptionParser merge_options();
OptionParser export_options();
OptionParser data_options();
OptionParser help_options();

int run_command(const ParsedOptions& options);
int validate_command(const ParsedOptions& options);
int list_command(const ParsedOptions& options);
int schema_command(const ParsedOptions& options);
int compare_command(const ParsedOptions& options);
int fpga_command(const ParsedOptions& options);
int report_command(const ParsedOptions& options);
int merge_command(const ParsedOptions& options);
int export_command(const ParsedOptions& options);
int data_command(const ParsedOptions& options);
int help_command(const ParsedOptions& options);

}  // namespace zipml
