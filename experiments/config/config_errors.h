#pragma once

#include <string>
#include <utility>
#include <vector>

namespace zipml {

/// Where the values of a document came from, for values that something else put there: a sweep, `quick`,
/// --set.
class Origins {
 public:
  /// The value at `target` (a JSON pointer) was put there from `source`; later entries cover earlier ones.
  void add(std::string target, std::string source);
  /// The source of the value at pointer, with the rest of the pointer appended where only a part of the value
  /// is meant; the pointer itself where nothing put it there.
  std::string trace(const std::string& pointer) const;

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

/// Collects every problem of one config, so that the user sees all of them at once.
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string file) : file_(std::move(file)) {}

  /// `message`: what was found; what is allowed. Equal lines are kept once.
  void add(const std::string& pointer, const std::string& message);

  /// The line that add() would keep: "FILE: /json/pointer: message", the pointer traced to what the user
  /// wrote.
  std::string line(const std::string& pointer, const std::string& message) const;

  /// The values checked next come from here: first through the run's origins, then through the config's.
  void set_origins(const Origins* run, const Origins* config);

  /// Problems added so far, equal ones counted every time: what grows during a check has found something.
  std::size_t count() const { return count_; }
  std::size_t distinct() const { return lines_.size(); }
  const std::string& file() const { return file_; }

  /// Throws InputError with one line for each problem, if there are any.
  void throw_if_any() const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
  std::size_t count_ = 0;
  const Origins* run_ = nullptr;
  const Origins* config_ = nullptr;
};

}  // namespace zipml
