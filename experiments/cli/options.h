#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/config/config.h"

namespace zipml {

/// What was typed after a command, checked against its OptionParser. Getters throw std::logic_error for
/// options that the parser does not have, InputError for values that are not allowed.
class ParsedOptions {
 public:
  /// The option was given, or has a default.
  bool has(std::string_view name) const;
  /// Value of a single-valued option; std::logic_error if it was not given and has no default.
  const std::string& text(std::string_view name) const;
  /// The same as an integer in [min, max].
  std::int64_t integer(std::string_view name, std::int64_t min,
                       std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// The same as one of the given words.
  const std::string& one_of(std::string_view name, const std::vector<std::string>& allowed) const;
  /// Every value of a repeated option, in the order given.
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<std::string>& positional() const { return positional_; }

 private:
  friend class OptionParser;
  std::string command_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;  ///< every known option, given or not
  std::vector<std::string> positional_;
};

/// Options of one command. No abbreviations; an unknown option is an InputError that names the nearest known
/// one.
class OptionParser {
 public:
  /// `command` for instance "run"; `about` one line; `example` one command line, shown under --help.
  OptionParser(std::string command, std::string about, std::string example);

  OptionParser& flag(std::string name, std::string doc);
  OptionParser& value(std::string name, std::string placeholder, std::string doc,
                      std::optional<std::string> fallback = {});
  /// An option that may stand alone, which means `implicit`, or be followed by an unsigned integer.
  OptionParser& optional_integer(std::string name, std::string placeholder, std::string doc,
                                 std::string implicit);
  OptionParser& repeated(std::string name, std::string placeholder, std::string doc);
  /// Words that are not options: between min and max of them; shown as NAME in the usage line.
  OptionParser& positional(std::string name, std::string doc, std::size_t min,
                           std::size_t max = std::numeric_limits<std::size_t>::max());

  /// nothing after --help or -h, which is printed on standard output: the command then returns 0.
  std::optional<ParsedOptions> parse(const std::vector<std::string>& args) const;

  std::string help() const;

 private:
  enum class Arity { none, optional, one, many };
  struct Option {
    std::string name, placeholder, doc;
    Arity arity = Arity::none;
    std::optional<std::string> fallback = {};
    std::string implicit = {};  ///< of Arity::optional
  };
  std::vector<std::string> with_implicit_values(const std::vector<std::string>& words) const;
  bool collect(const std::vector<std::string>& words, ParsedOptions& parsed) const;
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail_unknown(const std::string& option) const;

  std::string command_, about_, example_;
  std::vector<Option> options_;
  std::string positional_name_, positional_doc_;
  std::size_t positional_min_ = 0, positional_max_ = 0;
};

/// Adds what every command that reads configs has: --data-dir, --scale (default as given), --seeds, --set,
/// --memory.
void add_config_options(OptionParser& parser, std::string_view default_scale);

/// What they were set to. Without --data-dir the environment's ZIPML_DATA_DIR is the data folder.
ConfigOptions config_options(const ParsedOptions& options);

/// Those of them that decide what a config stands for, as words for a shell: "--scale quick --seeds 3". Not
/// --data-dir, as results name no folder.
std::string config_options_text(const ParsedOptions& options);

}  // namespace zipml
