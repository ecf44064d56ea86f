#include "experiments/cli/share.h"

#include <algorithm>
#include <iostream>

#include "engine/core/error.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kConfigFolders = {"figures", "examples"};

std::vector<std::string> names_in(const std::vector<std::string>& folders) {
  std::vector<std::string> names;
  const std::optional<fs::path> share = share_folder();
  if (!share) return names;
  for (const std::string& folder : folders) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(*share / "configs" / folder, error)) {
      if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// A folder of results may have the name of its config.
bool is_file(const std::string& name) {
  std::error_code error;
  return fs::exists(name, error) && !fs::is_directory(name, error);
}

bool is_bare(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && fs::path(name).extension().empty();
}

}  // namespace

std::optional<fs::path> share_folder() {
  static const std::optional<fs::path> found = []() -> std::optional<fs::path> {
    std::error_code error;
    const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const fs::path& candidate : {folder.parent_path() / "share/zipml", folder / "share/zipml"}) {
      if (fs::is_directory(candidate / "configs", error)) return candidate;
    }
    return std::nullopt;
  }();
  return found;
}

fs::path find_shared(const std::string& name, const std::vector<std::string>& folders) {
  std::error_code error;
  const std::optional<fs::path> share = share_folder();
  if (!share || name.empty() || fs::path(name).is_absolute() || is_file(name)) return name;
  const std::string below = name.rfind("configs/", 0) == 0 ? name.substr(8) : name;
  std::vector<fs::path> places = {*share / "configs" / below};
  for (const std::string& folder : folders) places.push_back(*share / "configs" / folder / below);
  for (const fs::path& place : places) {
    for (const char* ending : {"", ".json"}) {
      const fs::path file = place.string() + ending;
      if (!fs::is_regular_file(file, error)) continue;
      std::cerr << name << ": " << file.string() << "\n";
      return file;
    }
  }
  return name;
}

std::vector<fs::path> find_configs(const std::vector<std::string>& names) {
  std::vector<fs::path> files;
  std::vector<std::string> problems;
  for (const std::string& name : names) {
    files.push_back(find_shared(name, kConfigFolders));
    if (files.back() != fs::path(name) || !is_bare(name) || is_file(name)) continue;
    const std::optional<fs::path> share = share_folder();
    problems.push_back(name + ": no such file, and no config of this name" +
                       (share ? " in " + (*share / "configs").string() : "") +
                       did_you_mean(name, shared_config_names()));
  }
  if (!problems.empty()) throw InputError(join(problems, "\n"));
  return files;
}

std::vector<std::string> shared_config_names() { return names_in(kConfigFolders); }

std::vector<std::string> shared_platform_names() { return names_in({"fpga"}); }

}  // namespace zipml
