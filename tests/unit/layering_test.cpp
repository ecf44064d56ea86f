#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// Folders a room may include from, itself aside. Rooms not named here (tests, benchmarks) may include
// anything but are included by nobody.
const std::map<std::string, std::set<std::string>>& allowed_rooms() {
  static const std::set<std::string> all_engine = {
      "engine/core",     "engine/data",     "engine/kernels", "engine/pack",       "engine/model",
      "engine/quantize", "engine/gradient", "engine/solve",   "engine/tomography", "engine/deep"};
  static const auto with = [](std::set<std::string> rooms, const std::set<std::string>& more) {
    rooms.insert(more.begin(), more.end());
    return rooms;
  };
  static const std::map<std::string, std::set<std::string>> rooms = {
      {"engine/core", {}},
      {"engine/data", {"engine/core"}},
      {"engine/kernels", {"engine/core"}},
      {"engine/pack", {"engine/core", "engine/kernels"}},
      {"engine/quantize", {"engine/core", "engine/kernels", "engine/pack"}},
      {"engine/model", {"engine/core", "engine/kernels"}},
      {"engine/gradient",
       {"engine/core", "engine/kernels", "engine/pack", "engine/quantize", "engine/model"}},
      {"engine/solve",
       {"engine/core", "engine/kernels", "engine/pack", "engine/quantize", "engine/gradient", "engine/model",
        "engine/data"}},
      {"engine/tomography",
       {"engine/core", "engine/data", "engine/kernels", "engine/pack", "engine/quantize", "engine/model",
        "engine/gradient", "engine/solve"}},
      {"engine/deep",
       {"engine/core", "engine/kernels", "engine/quantize", "engine/gradient", "engine/data",
        "engine/solve"}},
      {"engine/deep/torch", {"engine/deep"}},
      {"fpga_model", {"engine/core"}},
      {"experiments/config", with(all_engine, {"fpga_model"})},
      {"experiments/results", with(all_engine, {"fpga_model", "experiments/config"})},
      {"experiments/run", with(all_engine, {"fpga_model", "experiments/config", "experiments/results"})},
      {"experiments/report", with(all_engine, {"fpga_model", "experiments/config", "experiments/results"})},
      {"experiments/compare", all_engine},
      {"experiments/cli",
       with(all_engine, {"fpga_model", "experiments/compare", "experiments/config", "experiments/results",
                         "experiments/run", "experiments/report"})}};
  return rooms;
}

// Which rooms may include a library's headers, by the header's first word.
const std::map<std::string, std::set<std::string>>& library_rooms() {
  static const std::map<std::string, std::set<std::string>> rooms = {
      {"nlohmann",
       {"experiments/config", "experiments/results", "experiments/report", "experiments/run",
        "experiments/compare", "experiments/cli"}},
      {"boost", {"experiments/cli"}},
      {"hdf5", {"engine/data", "experiments/results"}},
      {"ATen", {"engine/deep/torch"}},
      {"torch", {"engine/deep/torch"}},
      {"hwy", {"engine/kernels"}}};
  return rooms;
}

// "engine/core/error.h" -> "engine/core", "fpga_model/x.h" -> "fpga_model", anything else -> "".
std::string room_of(const std::string& path) {
  std::string best;
  for (const auto& [room, others] : allowed_rooms()) {
    if (path.rfind(room + "/", 0) == 0 && room.size() > best.size()) best = room;
  }
  return best;
}

std::string library_of(const std::string& header) {
  std::string word = header.substr(0, header.find_first_of("/."));
  if (word.rfind("H5", 0) == 0 || word.rfind("hdf5", 0) == 0) word = "hdf5";
  return word;
}

// What is wrong with one include; empty if nothing is.
std::string breach(const std::string& file, const std::string& header) {
  const std::string from = room_of(file), to = room_of(header);
  if (from.empty()) return {};
  if (header.rfind("tests/", 0) == 0 || header.rfind("benchmarks/", 0) == 0) return "nothing knows the tests";
  if (!to.empty()) {
    const bool known = to == from || allowed_rooms().at(from).count(to) > 0;
    return known ? "" : from + " may not know " + to;
  }
  const auto library = library_rooms().find(library_of(header));
  if (library == library_rooms().end() || library->second.count(from) > 0) return {};
  return from + " may not know " + library->first;
}

// The header of an #include line; empty for other lines.
std::string included(const std::string& line) {
  std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string::npos || line[at] != '#') return {};
  at = line.find_first_not_of(" \t", at + 1);
  if (at == std::string::npos || line.compare(at, 7, "include") != 0) return {};
  const std::size_t open = line.find_first_of("\"<", at + 7);
  if (open == std::string::npos) return {};
  const std::size_t close = line.find_first_of("\">", open + 1);
  return close == std::string::npos ? std::string() : line.substr(open + 1, close - open - 1);
}

std::vector<std::string> breaches_in(const std::string& file, std::istream& text) {
  std::vector<std::string> found;
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    const std::string header = included(line);
    const std::string problem = header.empty() ? std::string() : breach(file, header);
    if (!problem.empty()) found.push_back(file + ":" + std::to_string(number) + ": " + problem);
  }
  return found;
}

std::vector<std::string> breaches_of(const std::string& file, const std::string& text) {
  std::istringstream in(text);
  return breaches_in(file, in);
}

}  // namespace

TEST_CASE("every include keeps to who may know whom", "[layering]") {
  std::size_t files = 0;
  std::vector<std::string> found;
  for (const char* top : {"engine", "experiments", "fpga_model"}) {
    const fs::path folder = fs::path(ZIPML_SOURCE_DIR) / top;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cpp") continue;
      const std::string file = fs::relative(entry.path(), ZIPML_SOURCE_DIR).generic_string();
      INFO(file << " is in no known room");
      CHECK_FALSE(room_of(file).empty());
      std::ifstream in(entry.path());
      for (std::string& problem : breaches_in(file, in)) found.push_back(std::move(problem));
      ++files;
    }
  }
  CHECK(files > 50);
  CHECK(found == std::vector<std::string>{});
}

TEST_CASE("planted breaches are found", "[layering]") {
  CHECK(breaches_of("engine/core/a.cpp", "#include \"engine/data/dataset.h\"\n") ==
        std::vector<std::string>{"engine/core/a.cpp:1: engine/core may not know engine/data"});
  CHECK(breaches_of("engine/data/a.cpp", "\n  #  include <nlohmann/json.hpp>\n") ==
        std::vector<std::string>{"engine/data/a.cpp:2: engine/data may not know nlohmann"});
  CHECK(breaches_of("engine/model/a.h", "#include \"engine/gradient/estimator.h\"\n").size() == 1);
  CHECK(breaches_of("engine/gradient/a.h", "#include \"engine/data/dataset.h\"\n").size() == 1);
  CHECK(breaches_of("engine/solve/a.h", "#include \"experiments/config/config.h\"\n").size() == 1);
  CHECK(breaches_of("engine/solve/a.h", "#include <hdf5.h>\n").size() == 1);
  CHECK(breaches_of("experiments/run/a.h", "#include <H5public.h>\n").size() == 1);
  CHECK(breaches_of("experiments/config/a.h", "#include <boost/program_options.hpp>\n").size() == 1);
  CHECK(breaches_of("fpga_model/a.h", "#include \"engine/kernels/kernels.h\"\n").size() == 1);
  CHECK(breaches_of("engine/core/a.h", "#include \"tests/unit/x.h\"\n").size() == 1);
  CHECK(breaches_of("experiments/config/a.h", "#include \"experiments/run/runner.h\"\n").size() == 1);
}

TEST_CASE("allowed includes pass", "[layering]") {
  CHECK(
      breaches_of("engine/solve/a.cpp",
                  "#include <vector>\n#include \"engine/data/dataset.h\"\n#include \"engine/solve/trace.h\"\n"
                  "// #include <hdf5.h>\nint include;\n")
          .empty());
  CHECK(breaches_of("engine/data/a.cpp", "#include <hdf5.h>\n").empty());
  CHECK(breaches_of("tests/unit/a.cpp", "#include \"engine/data/dataset.h\"\n").empty());
}
