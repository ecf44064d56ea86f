#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/dataset.h"
#include "experiments/config/memory_need.h"
#include "experiments/config/run_spec.h"

namespace zipml {

/// quick applies a config's `quick` members before its sweep; paper does not.
enum class Scale { quick, paper };

/// What the command line adds to a config.
struct ConfigOptions {
  Scale scale = Scale::paper;
  std::optional<std::int64_t> seeds;     ///< replaces `seeds` by 1..N
  std::vector<std::string> assignments;  ///< "/json/pointer=VALUE", VALUE as JSON or else as a string
  DataContext data;
  MemoryLimit memory;  ///< runs that need more are listed in Config::too_large
};

/// A run that needs more memory than there is.
struct MemoryExcess {
  std::string run_id;
  std::string
      message;  ///< a complete line that names file and JSON pointer, what is needed and what is there
};

/// A checked config with everything its sweep expands to.
struct Config {
  std::filesystem::path file;
  std::string name;           ///< [a-z0-9][a-z0-9_-]*, at most 64 characters
  std::string about;          ///< may be empty
  std::string figure;         ///< the `figure` member as JSON text; empty where there is none
  std::vector<RunSpec> runs;  ///< in the order panels, series, grids, zips, seeds; ids are distinct
  std::vector<MemoryExcess> too_large;
  std::vector<std::string> notes;  ///< for the user: complete lines that name the file
};

/// Reads, checks and expands one config file. Throws one InputError whose message has a line
/// "FILE: /json/pointer: what was found; what is allowed" for every error found; IoError if FILE cannot be
/// read.
Config load_config(const std::filesystem::path& file, const ConfigOptions& options);

/// The same for text that is already in memory; `file` is only a name for messages.
Config parse_config(std::string_view text, const std::filesystem::path& file, const ConfigOptions& options);

/// All files, or one InputError with the errors of all of them. Two configs may not share a name: their
/// results would share a folder.
std::vector<Config> load_configs(const std::vector<std::filesystem::path>& files,
                                 const ConfigOptions& options);

/// The run that a result's resolved config describes. `source` names the result in messages. Nothing is
/// resolved again: the run has the same id. Throws InputError where the text does not describe a run of this
/// version.
RunSpec run_from_resolved_json(std::string_view text, std::string_view source);

/// sha256 of the text: 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// Canonical JSON of a choice, every parameter written out: {"kind":...,...}, sorted keys, no white space.
/// For keys of caches and for messages.
std::string canonical_json(const ComponentChoice& choice);
std::string canonical_json(const Parameters& parameters);

}  // namespace zipml
