#pragma once

#include <string>
#include <vector>

namespace zipml {

// The commands of the program. Each takes the words after its name and returns the exit code: 0 done, 1 some
// run failed. Wrong input is thrown as InputError (exit 2), a refusing machine as IoError (exit 1).

int run_command(const std::vector<std::string>& args);
int validate_command(const std::vector<std::string>& args);
int list_command(const std::vector<std::string>& args);
int schema_command(const std::vector<std::string>& args);
int compare_command(const std::vector<std::string>& args);
int fpga_command(const std::vector<std::string>& args);
int report_command(const std::vector<std::string>& args);
int merge_command(const std::vector<std::string>& args);
int export_command(const std::vector<std::string>& args);
int data_command(const std::vector<std::string>& args);

}  // namespace zipml
