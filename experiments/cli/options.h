#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/cli/option_info.h"
#include "experiments/config/config.h"

namespace zipml {

/// What was typed after a command, checked against its OptionParser: allowed words and ranges of integers
/// included. Getters throw std::logic_error for options that the parser does not have.
class ParsedOptions {
 public:
  /// The option was given, or has a default.
  bool has(std::string_view name) const;
  /// Value of a single-valued option; std::logic_error if it was not given and has no default.
  const std::string& text(std::string_view name) const;
  /// The same of an option whose value is an integer.
  std::int64_t integer(std::string_view name) const;
  /// Every value of a repeated option, in the order given.
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<std::string>& positional() const { return positional_; }

 private:
  friend class OptionParser;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;  ///< every known option, given or not
  std::vector<std::string> positional_;
};

/// One command as its user sees it: the table of its options, and what its manual says besides. No
/// abbreviations; an unknown option is an InputError that names the nearest known one.
class OptionParser {
 public:
  explicit OptionParser(Manual manual);

  OptionParser& flag(std::string name, std::string doc);
  OptionParser& value(std::string name, ValueInfo value, std::string doc,
                      std::optional<std::string> fallback = {});
  /// An option that may stand alone, which means `implicit`, or be followed by an unsigned integer.
  OptionParser& optional_integer(std::string name, ValueInfo value, std::string doc, std::string implicit);
  OptionParser& repeated(std::string name, ValueInfo value, std::string doc);
  /// Says what holds where the option added last is not given, if that is no fixed value.
  OptionParser& otherwise(std::string doc);
  /// Words that are not options: between min and max of them.
  OptionParser& positional(ValueInfo value, std::string doc, std::size_t min,
                           std::size_t max = std::numeric_limits<std::size_t>::max());

  /// Nothing after --help or -h. Throws InputError.
  std::optional<ParsedOptions> parse(const std::vector<std::string>& args) const;

  const Manual& manual() const { return manual_; }
  const std::vector<OptionInfo>& options() const { return options_; }
  const PositionalInfo& words() const { return positional_; }

 private:
  std::vector<std::string> with_implicit_values(const std::vector<std::string>& words) const;
  bool collect(const std::vector<std::string>& words, ParsedOptions& parsed) const;
  void check_value(const OptionInfo& option, const std::string& typed) const;
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail_unknown(const std::string& option) const;

  Manual manual_;
  std::vector<OptionInfo> options_;
  PositionalInfo positional_;
};

/// The positional CONFIG..., for every command that reads configs.
void add_config_files(OptionParser& parser);

/// What such a command has besides: --data-dir, --scale (default as given), --seeds, --set, --memory.
void add_config_options(OptionParser& parser, std::string_view default_scale);

/// What they were set to. Without --data-dir the environment's ZIPML_DATA_DIR is the data folder.
ConfigOptions config_options(const ParsedOptions& options);

/// Those of them that decide what a config stands for, as words for a shell: "--scale quick --seeds 3". Not
/// --data-dir, as results name no folder.
std::string config_options_text(const ParsedOptions& options);

}  // namespace zipml
