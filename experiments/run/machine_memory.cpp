#include "experiments/run/machine_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace zipml {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

// The first line of a file of one number; nothing for "max".
std::optional<std::uint64_t> read_number(const fs::path& file) {
  std::ifstream in(file);
  std::string word;
  if (!(in >> word)) return std::nullopt;
  return number_in(word);
}

// The number after a word at the start of a line, as in /proc/meminfo and memory.stat.
std::optional<std::uint64_t> read_field(const fs::path& file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word, value;
    if (words >> word >> value && word == name) return number_in(value);
  }
  return std::nullopt;
}

void tighten(MemoryLimit& limit, std::uint64_t bytes, const std::string& source) {
  if (bytes < limit.bytes) limit = {bytes, source};
}

// The names by which one version of cgroups tells its memory.
struct CgroupFiles {
  const char *limit, *used, *cache;
};

void tighten_by_cgroup(MemoryLimit& limit, const fs::path& folder, const CgroupFiles& names) {
  const auto most = read_number(folder / names.limit), used = read_number(folder / names.used);
  if (!most || !used) return;
  // The page cache counts as used, but is given back when it is needed.
  const std::uint64_t cache = read_field(folder / "memory.stat", names.cache).value_or(0);
  const std::uint64_t fixed = *used - std::min(*used, cache);
  tighten(limit, *most - std::min(*most, fixed), (folder / names.limit).string());
}

// Lines of /proc/self/cgroup: "0::/path" (version 2), "N:...,memory,...:/path" (version 1).
void tighten_by_cgroups(MemoryLimit& limit, const fs::path& root) {
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version_2 = controllers.empty();
    if (!version_2 && ("," + controllers + ",").find(",memory,") == std::string::npos) continue;
    const fs::path mount = root / (version_2 ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
    const CgroupFiles names =
        version_2 ? CgroupFiles{"memory.max", "memory.current", "inactive_file"}
                  : CgroupFiles{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
    // In a container the path may be the host's, of which only the mount itself is to be seen.
    fs::path path = fs::path(line.substr(second + 1)).relative_path();
    for (; !path.empty(); path = path.parent_path()) tighten_by_cgroup(limit, mount / path, names);
    tighten_by_cgroup(limit, mount, names);
  }
}

void tighten_by_ulimit(MemoryLimit& limit, const fs::path& root) {
  rlimit most{};
  const auto pages = read_number(root / "proc/self/statm");
  if (::getrlimit(RLIMIT_AS, &most) != 0 || most.rlim_cur == RLIM_INFINITY || !pages) return;
  const std::uint64_t used = *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  tighten(limit, most.rlim_cur - std::min<std::uint64_t>(most.rlim_cur, used), "ulimit -v");
}

}  // namespace

MemoryLimit machine_memory(const fs::path& root) {
  MemoryLimit limit{UINT64_MAX, "no limit is known"};
  constexpr std::uint64_t kKibibyte = 1024;
  if (const auto available = read_field(root / "proc/meminfo", "MemAvailable:")) {
    tighten(limit, *available * kKibibyte, "MemAvailable of /proc/meminfo");
  }
  tighten_by_cgroups(limit, root);
  tighten_by_ulimit(limit, root);
  return limit;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "KMGT";
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || value == 0) return std::nullopt;
  std::string_view rest(stop, static_cast<std::size_t>(end - stop));
  if (rest.empty()) return value;
  const std::size_t unit = kUnits.find(rest[0]);
  rest.remove_prefix(1);
  if (unit == std::string_view::npos || !(rest.empty() || rest == "i" || rest == "iB" || rest == "B")) {
    return std::nullopt;
  }
  const std::size_t shift = 10 * (unit + 1);
  if (value > UINT64_MAX >> shift) return std::nullopt;
  return value << shift;
}

}  // namespace zipml
