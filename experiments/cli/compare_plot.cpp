#include "experiments/cli/compare_plot.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "engine/core/error.h"
#include "experiments/cli/share.h"
#include "experiments/results/atomic_file.h"

extern char** environ;

namespace zipml {
namespace {

std::string environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

std::filesystem::path script() {
  const std::filesystem::path shared = share_folder() ? *share_folder() / "plots" : "plots";
  return std::filesystem::path(environment("ZIPML_PLOTS", shared.c_str())) / "compare.py";
}

int run_program(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  if (const int error = posix_spawnp(&child, pointers[0], nullptr, nullptr, pointers.data(), environ)) {
    throw IoError(words[0] + ": cannot be run: " + std::strerror(error) +
                  "; --plot needs a Python with matplotlib, named by ZIPML_PYTHON");
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw IoError(words[0] + ": cannot be waited for: " + std::strerror(errno));
  }
  constexpr int kKilled = 255;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kKilled;
}

/// A file that is removed again.
class PlotDataFile {
 public:
  explicit PlotDataFile(const std::string& bytes)
      : path_(std::filesystem::temp_directory_path() /
              ("zipml-compare-" + std::to_string(::getpid()) + ".json")) {
    write_file_atomically(path_, std::as_bytes(std::span(bytes)));
  }
  ~PlotDataFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PlotDataFile(const PlotDataFile&) = delete;
  PlotDataFile& operator=(const PlotDataFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

void check_plot_file(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending != ".png" && ending != ".svg" && ending != ".pdf") {
    throw InputError("zipml compare: --plot: found \"" + file.string() +
                     "\"; allowed: a file that ends in .png, .svg or .pdf");
  }
  check_folder_writable(file.has_parent_path() ? file.parent_path() : ".");
  std::error_code ignored;
  if (!std::filesystem::exists(script(), ignored)) {
    throw IoError(script().string() + ": not found; ZIPML_PLOTS may name the folder of compare.py");
  }
}

void draw_comparison(const std::string& plot_data, const std::filesystem::path& file) {
  const PlotDataFile data(plot_data);
  const std::string python = environment("ZIPML_PYTHON", "python3");
  const int code = run_program({python, "-B", script().string(), data.path().string(), file.string()});
  if (code != 0) {
    throw IoError(file.string() + ": not drawn: " + python + " ended with exit code " + std::to_string(code) +
                  "; --plot needs a Python with matplotlib, named by ZIPML_PYTHON");
  }
}

}  // namespace zipml
