#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/config/component_reader.h"
#include "fpga_model/platform.h"

namespace zipml {

/// A platform object, checked like every config; members that are not given are those of `preferred`. Every
/// problem is added to `errors`.
fpga::Platform read_platform(const JsonPlace& place, const fpga::Platform& preferred, ConfigErrors& errors);

/// A platform file, or `preferred` itself where `file` is empty, with "/json/pointer=VALUE" assignments
/// applied. InputError with a line for every problem; IoError if the file cannot be read.
fpga::Platform load_platform(const std::filesystem::path& file, const std::vector<std::string>& assignments,
                             const fpga::Platform& preferred);

/// The same for text that is already in memory; `file` is only a name for messages.
fpga::Platform parse_platform(std::string_view text, const std::string& file,
                              const std::vector<std::string>& assignments, const fpga::Platform& preferred);

/// Every member of the platform; reading it again gives the same one.
Json to_json(const fpga::Platform& platform);

}  // namespace zipml
