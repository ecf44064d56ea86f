#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zipml {

/// What a word on the command line may be. The check of what was typed, the help, the manual page and the
/// shell's completion all come from this.
struct ValueInfo {
  enum class Kind {
    text,     ///< anything; `words` are only offered
    word,     ///< one of `words`
    list,     ///< comma-separated; `words` are only offered, one by one
    integer,  ///< in [least, most]
    file,     ///< a path; files with `ending` are offered, and `words`
    folder    ///< a path
  };
  std::string placeholder;  ///< in the help, such as "N"
  Kind kind = Kind::text;
  std::vector<std::string> words = {};
  std::int64_t least = 0, most = std::numeric_limits<std::int64_t>::max();
  std::string ending = {};  ///< such as ".json"; empty: every file
};

ValueInfo text_value(std::string placeholder, std::vector<std::string> offered = {});
/// Its placeholder is the words with '|' between them.
ValueInfo one_word(std::vector<std::string> allowed);
ValueInfo list_value(std::string placeholder, std::vector<std::string> offered = {});
ValueInfo integer_value(std::string placeholder, std::int64_t least,
                        std::int64_t most = std::numeric_limits<std::int64_t>::max());
ValueInfo file_value(std::string placeholder, std::string ending = {}, std::vector<std::string> offered = {});
ValueInfo folder_value(std::string placeholder);

/// "an integer in [1, 8]", "quick, paper"; empty where anything is allowed.
std::string allowed_text(const ValueInfo& value);

enum class Arity { none, optional, one, many };

/// One option. Optional arity: it may stand alone, which means `implicit`.
struct OptionInfo {
  std::string name;  ///< without "--"
  std::string doc;
  Arity arity = Arity::none;
  ValueInfo value = {};
  std::optional<std::string> fallback = {};  ///< taken where it is not given
  std::string implicit = {};
  std::string otherwise = {};  ///< in words, what holds where it is not given
};

/// Words of a command that are not options.
struct PositionalInfo {
  ValueInfo value;
  std::string doc;
  std::size_t min = 0, max = 0;
};

/// What a manual says beside the options.
struct Manual {
  std::string command;                                          ///< such as "run"
  std::string about;                                            ///< one line, no full stop
  std::vector<std::string> description;                         ///< paragraphs
  std::vector<std::pair<std::string, std::string>> examples;    ///< command line, what it does
  std::vector<std::pair<std::string, std::string>> exit_codes;  ///< those that need other words than common
  std::vector<std::string> environment;                         ///< names known to environment_text()
  std::vector<std::pair<std::string, std::string>> files;       ///< path, what is there
  std::vector<std::string> see_also;                            ///< commands, or pages below docs/
};

/// What a variable of the environment does; std::logic_error for an unknown one.
const std::string& environment_text(const std::string& variable);

}  // namespace zipml
