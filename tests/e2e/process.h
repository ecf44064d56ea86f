#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

extern char** environ;

namespace zipml::testing {

/// A new empty folder below the system's temporary folder, removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("zipml-test-" + std::to_string(::getpid()) + "-" + std::to_string(count.fetch_add(1)));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

/// How a program ended and what it said.
struct ProcessResult {
  int exit_code = -1;  ///< -1 when a signal ended it
  int signal = 0;      ///< 0 when it ended by itself
  std::string out, err;
  std::uint64_t peak_bytes = 0;  ///< most memory it had resident; at least what this process had at its start
};

struct ProcessOptions {
  std::filesystem::path working_folder = {};  ///< empty: the caller's
  std::vector<std::pair<std::string, std::string>> environment =
      {};  ///< set or replaced; an empty value unsets
};

/// A running program, without a shell between. Output goes to files, so that a full pipe can never block it.
/// Still running at destruction: it is killed.
class Process {
 public:
  explicit Process(std::vector<std::string> command, const ProcessOptions& options = {}) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const std::string out = (folder_ / "out").string(), err = (folder_ / "err").string();
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!options.working_folder.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions, options.working_folder.c_str());
    }
    std::vector<std::string> variables = environment_with(options);
    std::vector<char*> arguments = pointers(command), environment = pointers(variables);
    const int error =
        posix_spawnp(&pid_, command.at(0).c_str(), &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("cannot start " + command[0]);
  }
  ~Process() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const { ::kill(pid_, signal); }

  /// True once the program has ended; wait() then returns at once.
  bool has_ended() {
    if (!ended_ && ::wait4(pid_, &status_, WNOHANG, &used_) == pid_) ended_ = true;
    return ended_;
  }

  ProcessResult wait() {
    if (!ended_) ::wait4(pid_, &status_, 0, &used_);
    ended_ = true;
    ProcessResult result;
    if (WIFEXITED(status_)) result.exit_code = WEXITSTATUS(status_);
    if (WIFSIGNALED(status_)) result.signal = WTERMSIG(status_);
    result.peak_bytes = static_cast<std::uint64_t>(used_.ru_maxrss) * 1024;
    result.out = read_text(folder_ / "out");
    result.err = read_text(folder_ / "err");
    return result;
  }

 private:
  static std::vector<std::string> environment_with(const ProcessOptions& options) {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry; ++entry) {
      const std::string text = *entry, name = text.substr(0, text.find('='));
      bool replaced = false;
      for (const auto& given : options.environment) replaced = replaced || given.first == name;
      if (!replaced) variables.push_back(text);
    }
    for (const auto& [name, value] : options.environment) {
      if (!value.empty()) variables.push_back(name + "=" + value);
    }
    return variables;
  }
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  }

  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int status_ = 0;
  rusage used_{};
  bool ended_ = false;
};

inline ProcessResult run_process(std::vector<std::string> command, const ProcessOptions& options = {}) {
  return Process(std::move(command), options).wait();
}

/// `zipml ARGUMENTS...`, the program of this build; the environment variable ZIPML_PROGRAM names another one.
inline std::vector<std::string> zipml_command(std::vector<std::string> arguments) {
  const char* other = std::getenv("ZIPML_PROGRAM");
  arguments.insert(arguments.begin(), other ? other : ZIPML_BINARY_DIR "/zipml");
  return arguments;
}

inline ProcessResult run_zipml(std::vector<std::string> arguments, const ProcessOptions& options = {}) {
  return run_process(zipml_command(std::move(arguments)), options);
}

}  // namespace zipml::testing
