#include "experiments/cli/completion.h"

#include <algorithm>
#include <optional>

#include "experiments/cli/commands.h"

namespace zipml {
namespace {

bool begins_with(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

std::string matching(const std::vector<std::string>& words, const std::string& typed,
                     const std::string& before = "") {
  std::string lines;
  for (const std::string& word : words) {
    if (begins_with(word, typed)) lines += before + word + "\n";
  }
  return lines;
}

std::string value_candidates(const ValueInfo& value, const std::string& typed) {
  switch (value.kind) {
    case ValueInfo::Kind::list: {
      const std::size_t comma = typed.rfind(',');
      const std::size_t begin = comma == std::string::npos ? 0 : comma + 1;
      return matching(value.words, typed.substr(begin), typed.substr(0, begin));
    }
    case ValueInfo::Kind::file:
      return matching(value.words, typed) + ":files" + (value.ending.empty() ? "" : " " + value.ending) +
             "\n";
    case ValueInfo::Kind::folder:
      return ":folders\n";
    case ValueInfo::Kind::text:
    case ValueInfo::Kind::word:
    case ValueInfo::Kind::integer:
      break;
  }
  return matching(value.words, typed);
}

/// bash takes "--scale=quick" for three words.
std::vector<std::string> joined(const std::vector<std::string>& words) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool equals = words[i] == "=" && !result.empty() && begins_with(result.back(), "--");
    if (equals && i + 1 < words.size()) continue;
    result.push_back(equals ? "" : words[i]);
  }
  return result;
}

const OptionInfo* find_option(const OptionParser& parser, const std::string& word) {
  for (const OptionInfo& option : parser.options()) {
    if (word == "--" + option.name) return &option;
  }
  return nullptr;
}

bool is_number(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
}

std::string command_candidates(const OptionParser& parser, const std::vector<std::string>& words) {
  const std::string& typed = words.back();
  std::vector<std::string> given;
  std::size_t positional = 0;
  bool only_words = false;  // after "--"
  const OptionInfo* waiting = nullptr;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool is_value = waiting && (waiting->arity != Arity::optional || is_number(words[i]));
    waiting = nullptr;
    if (is_value) continue;
    if (only_words || !begins_with(words[i], "-")) {
      ++positional;
    } else if (words[i] == "--") {
      only_words = true;
    } else if (const OptionInfo* option = find_option(parser, words[i])) {
      given.push_back(option->name);
      if (option->arity != Arity::none) waiting = option;
    }
  }
  if (waiting && waiting->arity != Arity::optional) return value_candidates(waiting->value, typed);
  if (!only_words && begins_with(typed, "-")) {
    std::vector<std::string> names;
    for (const OptionInfo& option : parser.options()) {
      const bool again = option.arity == Arity::many;
      if (again || std::find(given.begin(), given.end(), option.name) == given.end()) {
        names.push_back("--" + option.name);
      }
    }
    return matching(names, typed);
  }
  return positional < parser.words().max ? value_candidates(parser.words().value, typed) : "";
}

}  // namespace

std::string completions(const std::vector<std::string>& words) {
  const std::vector<std::string> typed = joined(words);
  if (typed.empty()) return {};
  if (typed.size() == 1) {
    std::vector<std::string> first = command_names();
    first.insert(first.end(), {"--help", "--version"});
    return matching(first, typed[0]);
  }
  const Command* command = find_command(typed[0]);
  if (command == nullptr) return {};
  return command_candidates(command->options(), {typed.begin() + 1, typed.end()});
}

std::string bash_completion() {
  return R"(# bash completion for zipml. Written by: zipml help --completion bash
# The program itself knows what may come next, so this never lags behind it.
_zipml() {
  local line word
  COMPREPLY=()
  word=${COMP_WORDS[COMP_CWORD]}
  [ "$word" != '=' ] || word=''
  while IFS= read -r line; do
    case $line in
      :folders)
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$word")
        ;;
      :files*)
        compopt -o filenames 2>/dev/null
        local ending=${line#:files} path
        ending=${ending# }
        while IFS= read -r path; do
          if [ -d "$path" ] || [[ $path == *"$ending" ]]; then COMPREPLY+=("$path"); fi
        done < <(compgen -f -- "$word")
        ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _zipml zipml
)";
}

}  // namespace zipml
