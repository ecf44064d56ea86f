#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace zipml {

/// The folder with `configs` and `plots` that belongs to this program: ../share/zipml or share/zipml beside
/// the program's own file. Nothing where there is none, as for a program that was copied away from its own.
std::optional<std::filesystem::path> share_folder();

/// The file that a name on the command line means: itself where it exists, otherwise a file below the
/// shared configs. NAME, NAME.json, and both in `folders` of the shared configs are looked for; the names
/// stay as they are where nothing is found. Says on standard error which shared file was taken.
std::filesystem::path find_shared(const std::string& name, const std::vector<std::string>& folders);

/// The same for configs: in figures and examples. Throws InputError for a bare word that is no file and no
/// shared config.
std::vector<std::filesystem::path> find_configs(const std::vector<std::string>& names);

/// Bare names that find_configs() knows, sorted.
std::vector<std::string> shared_config_names();

/// Bare names of the shared platforms of FPGA boards.
std::vector<std::string> shared_platform_names();

}  // namespace zipml
