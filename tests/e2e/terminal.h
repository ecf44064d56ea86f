#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace zipml::testing {

/// What a person would see: a terminal of the kind that wraps lines anew when its window changes. Knows the
/// few commands that progress may use; any other is remembered as unknown. Bytes are columns: for ASCII.
class Screen {
 public:
  Screen(std::size_t columns, std::size_t rows) : columns_(columns), height_(rows) {}

  void write(const std::string& bytes) {
    for (const char c : bytes) put(c);
  }

  void resize(std::size_t columns, std::size_t rows) {
    std::vector<Row> logical(1);
    std::size_t cursor_line = 0, cursor_offset = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (i == row_) cursor_line = logical.size() - 1, cursor_offset = logical.back().text.size() + column_;
      logical.back().text += rows_[i].text;
      if (!rows_[i].wraps && i + 1 < rows_.size()) logical.emplace_back();
    }
    columns_ = columns;
    height_ = rows;
    rows_.clear();
    for (std::size_t i = 0; i < logical.size(); ++i) {
      const std::size_t first = rows_.size();
      std::string text = logical[i].text;
      do {
        rows_.push_back({text.substr(0, columns), text.size() > columns});
        text.erase(0, std::min(columns, text.size()));
      } while (!text.empty());
      if (i == cursor_line) row_ = first + cursor_offset / columns, column_ = cursor_offset % columns;
    }
    row_ = std::min(row_, rows_.size() - 1);
  }

  /// Every row that is or was on the screen, without spaces at their ends and without empty rows at the end.
  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    for (const Row& row : rows_) {
      result.push_back(row.text.substr(0, row.text.find_last_not_of(' ') + 1));
    }
    while (!result.empty() && result.back().empty()) result.pop_back();
    return result;
  }

  bool has(const std::string& part) const {
    for (const std::string& line : lines()) {
      if (line.find(part) != std::string::npos) return true;
    }
    return false;
  }

  std::size_t cursor_column() const { return column_; }
  bool wrapped() const { return wrapped_; }  ///< some line was too long for the window
  const std::string& unknown() const { return unknown_; }

 private:
  struct Row {
    std::string text;
    bool wraps = false;
  };

  void put(char c) {
    if (!command_.empty()) {
      command_ += c;
      if (command_.size() > 2 && c >= '@' && c <= '~') obey();
      return;
    }
    if (c == '\x1b') {
      command_ = c;
    } else if (c == '\r') {
      column_ = 0;
    } else if (c == '\n') {
      down();
    } else {
      if (column_ == columns_) {
        rows_[row_].wraps = wrapped_ = true;
        down();
        column_ = 0;
      }
      std::string& text = rows_[row_].text;
      if (text.size() <= column_) text.resize(column_ + 1, ' ');
      text[column_++] = c;
    }
  }

  void down() {
    if (++row_ == rows_.size()) rows_.emplace_back();
  }

  void obey() {
    const char name = command_.back();
    const std::size_t number =
        command_.size() > 3 ? static_cast<std::size_t>(std::strtoul(command_.c_str() + 2, nullptr, 10)) : 1;
    const std::size_t top = rows_.size() > height_ ? rows_.size() - height_ : 0;
    if (name == 'A') {
      row_ = row_ > top + number ? row_ - number : top;
    } else if (name == 'K' || name == 'J') {
      rows_[row_].text.resize(std::min(rows_[row_].text.size(), column_));
      rows_[row_].wraps = false;
      for (std::size_t i = row_ + 1; name == 'J' && i < rows_.size(); ++i) rows_[i] = {};
    } else if (name != 'm') {
      unknown_ += command_.substr(1);
    }
    command_.clear();
  }

  std::size_t columns_, height_;
  std::vector<Row> rows_ = std::vector<Row>(1);
  std::size_t row_ = 0, column_ = 0;
  std::string command_, unknown_;
  bool wrapped_ = false;
};

/// A program in a terminal of its own. Still running at destruction: it is killed.
class TerminalProcess {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  /// TERM is xterm and neither CI nor NO_COLOR are set, unless `environment` says so; an empty value unsets.
  TerminalProcess(const std::vector<std::string>& command, std::size_t columns, std::size_t rows,
                  const Environment& environment = {})
      : screen_(columns, rows) {
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    Environment variables = {{"TERM", "xterm"}, {"CI", ""}, {"NO_COLOR", ""}};
    variables.insert(variables.end(), environment.begin(), environment.end());
    const struct winsize size = window(columns, rows);
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ < 0) throw std::runtime_error("no pseudo-terminal");
    if (pid_ == 0) {
      for (const auto& [name, value] : variables) {
        value.empty() ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), value.c_str(), 1);
      }
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
  }
  ~TerminalProcess() {
    if (!ended_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(terminal_);
  }
  TerminalProcess(const TerminalProcess&) = delete;
  TerminalProcess& operator=(const TerminalProcess&) = delete;

  void type(const std::string& keys) const {
    if (::write(terminal_, keys.data(), keys.size()) < 0) throw std::runtime_error("cannot type");
  }

  /// The program stands still meanwhile: what it wrote for the old size is on the screen before the new one
  /// holds.
  void resize(std::size_t columns, std::size_t rows) {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);
    struct pollfd waiting = {terminal_, POLLIN, 0};
    while (::poll(&waiting, 1, 50) > 0 && read_some()) {
    }
    const struct winsize size = window(columns, rows);
    ::ioctl(terminal_, TIOCSWINSZ, &size);
    screen_.resize(columns, rows);
    ::kill(pid_, SIGCONT);
  }

  /// Reads until the condition holds; false if the program ended, or after two minutes.
  bool read_until(const std::function<bool(const Screen&)>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!condition(screen_)) {
      if (std::chrono::steady_clock::now() > end || !read_some()) return condition(screen_);
    }
    return true;
  }

  /// Reads to the end; returns the exit code, or 1000 + the signal that ended it.
  int wait() {
    while (read_some()) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ended_ = true;
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  const Screen& screen() const { return screen_; }
  const std::string& bytes() const { return bytes_; }

 private:
  static struct winsize window(std::size_t columns, std::size_t rows) {
    struct winsize size = {};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = static_cast<unsigned short>(rows);
    return size;
  }

  // False once the program has let go of the terminal.
  bool read_some() {
    struct pollfd waiting = {terminal_, POLLIN, 0};
    if (::poll(&waiting, 1, 1000) == 0) return true;
    std::string buffer(65536, '\0');
    const ssize_t count = ::read(terminal_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    buffer.resize(static_cast<std::size_t>(count));
    screen_.write(buffer);
    bytes_ += buffer;
    return true;
  }

  int terminal_ = -1;
  pid_t pid_ = -1;
  bool ended_ = false;
  Screen screen_;
  std::string bytes_;
};

}  // namespace zipml::testing
