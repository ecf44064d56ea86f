#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "experiments/config/memory_need.h"

namespace zipml {

/// Memory that this process can still get, and what sets the limit: the least of MemAvailable in
/// /proc/meminfo, the limits of its cgroup (version 1 or 2) and of every cgroup above, less what they use and
/// cannot give back, and `ulimit -v`. UINT64_MAX where nothing is known. `root` stands for "/", for tests.
MemoryLimit machine_memory(const std::filesystem::path& root = "/");

/// "8G", "1500M", "64Ki", "1000000": bytes, in powers of 1024. Nothing where the text is no such size.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace zipml
