#include "experiments/cli/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "engine/core/error.h"
#include "experiments/config/nearest.h"
#include "experiments/run/machine_memory.h"

namespace zipml {
namespace {

namespace po = boost::program_options;

constexpr const char* kPositional = "positional arguments";

std::string in_command(const std::string& command) { return "zipml " + command; }

// Boost names an option without value by the words as typed.
std::string without_value(std::string option) { return option.substr(0, option.find('=')); }

}  // namespace

bool ParsedOptions::has(std::string_view name) const {
  const auto option = values_.find(name);
  if (option == values_.end()) throw std::logic_error("no option '" + std::string(name) + "'");
  return !option->second.empty();
}

const std::string& ParsedOptions::text(std::string_view name) const {
  if (!has(name)) throw std::logic_error("option '" + std::string(name) + "' was not given");
  return values_.find(name)->second.front();
}

std::vector<std::string> ParsedOptions::all(std::string_view name) const {
  if (!has(name)) return {};
  return values_.find(name)->second;
}

std::int64_t ParsedOptions::integer(std::string_view name, std::int64_t min, std::int64_t max) const {
  const std::string& typed = text(name);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
  if (code == std::errc{} && end == typed.data() + typed.size() && value >= min && value <= max) return value;
  const bool open = max == std::numeric_limits<std::int64_t>::max();
  throw InputError(in_command(command_) + ": --" + std::string(name) + ": found \"" + typed +
                   "\"; allowed: an integer " +
                   (open ? "of at least " + std::to_string(min)
                         : "in [" + std::to_string(min) + ", " + std::to_string(max) + "]"));
}

const std::string& ParsedOptions::one_of(std::string_view name,
                                         const std::vector<std::string>& allowed) const {
  const std::string& typed = text(name);
  if (std::find(allowed.begin(), allowed.end(), typed) != allowed.end()) return typed;
  throw InputError(in_command(command_) + ": --" + std::string(name) + ": found \"" + typed + "\"" +
                   did_you_mean(typed, allowed) + "; allowed: " + join(allowed));
}

OptionParser::OptionParser(std::string command, std::string about, std::string example)
    : command_(std::move(command)), about_(std::move(about)), example_(std::move(example)) {
  flag("help", "show this help");
}

OptionParser& OptionParser::flag(std::string name, std::string doc) {
  options_.push_back({std::move(name), "", std::move(doc)});
  return *this;
}

OptionParser& OptionParser::value(std::string name, std::string placeholder, std::string doc,
                                  std::optional<std::string> fallback) {
  options_.push_back(
      {std::move(name), std::move(placeholder), std::move(doc), Arity::one, std::move(fallback)});
  return *this;
}

OptionParser& OptionParser::optional_integer(std::string name, std::string placeholder, std::string doc,
                                             std::string implicit) {
  options_.push_back({std::move(name), std::move(placeholder), std::move(doc), Arity::optional, {}});
  options_.back().implicit = std::move(implicit);
  return *this;
}

OptionParser& OptionParser::repeated(std::string name, std::string placeholder, std::string doc) {
  options_.push_back({std::move(name), std::move(placeholder), std::move(doc), Arity::many});
  return *this;
}

OptionParser& OptionParser::positional(std::string name, std::string doc, std::size_t min, std::size_t max) {
  positional_name_ = std::move(name);
  positional_doc_ = std::move(doc);
  positional_min_ = min;
  positional_max_ = max;
  return *this;
}

void OptionParser::fail(const std::string& message) const {
  throw InputError(in_command(command_) + ": " + message + "; see: " + in_command(command_) + " --help");
}

void OptionParser::fail_unknown(const std::string& option) const {
  std::vector<std::string> known;
  for (const Option& candidate : options_) known.push_back("--" + candidate.name);
  fail("unknown option " + without_value(option) + did_you_mean(without_value(option), known));
}

// Gives options that stand alone the value that this means.
std::vector<std::string> OptionParser::with_implicit_values(const std::vector<std::string>& words) const {
  const auto is_number = [](const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  };
  std::vector<std::string> complete;
  for (std::size_t i = 0; i < words.size(); ++i) {
    complete.push_back(words[i]);
    for (const Option& option : options_) {
      if (option.arity != Arity::optional || words[i] != "--" + option.name) continue;
      const bool given = i + 1 < words.size() && is_number(words[i + 1]);
      complete.back() += "=" + (given ? words[++i] : option.implicit);
      break;
    }
  }
  return complete;
}

// Collects the words before "--"; false after -h.
bool OptionParser::collect(const std::vector<std::string>& words, ParsedOptions& parsed) const {
  po::options_description description;
  for (const Option& option : options_) {
    if (option.arity == Arity::none) {
      description.add_options()(option.name.c_str(), "");
    } else {
      description.add_options()(option.name.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  description.add_options()(kPositional, po::value<std::vector<std::string>>(), "");
  po::positional_options_description everything_else;
  everything_else.add(kPositional, -1);
  const int style = po::command_line_style::allow_long | po::command_line_style::long_allow_adjacent |
                    po::command_line_style::long_allow_next;
  const auto found = po::command_line_parser(with_implicit_values(words))
                         .options(description)
                         .positional(everything_else)
                         .style(style)
                         .run();
  for (const auto& option : found.options) {
    if (option.position_key < 0) {
      std::vector<std::string>& values = parsed.values_[option.string_key];
      values.push_back(option.value.empty() ? std::string("yes") : option.value.front());
      continue;
    }
    const std::string& word = option.value.at(0);
    if (word == "-h") return false;
    if (word.size() > 1 && word[0] == '-') fail_unknown(word);
    parsed.positional_.push_back(word);
  }
  return !parsed.has("help");
}

std::optional<ParsedOptions> OptionParser::parse(const std::vector<std::string>& args) const {
  ParsedOptions parsed;
  parsed.command_ = command_;
  for (const Option& option : options_) parsed.values_[option.name];
  // Words after "--" are never options.
  const auto terminator = std::find(args.begin(), args.end(), "--");
  try {
    if (!collect({args.begin(), terminator}, parsed)) {
      std::cout << help();
      return {};
    }
  } catch (const po::unknown_option& error) {
    fail_unknown(error.get_option_name());
  } catch (const po::invalid_command_line_syntax& error) {
    const bool extra = error.kind() == po::invalid_command_line_syntax::extra_parameter;
    fail("option " + without_value(error.get_option_name()) + (extra ? " takes no value" : " needs a value"));
  } catch (const po::error& error) {
    fail(error.what());
  }
  if (terminator != args.end())
    parsed.positional_.insert(parsed.positional_.end(), terminator + 1, args.end());
  for (const Option& option : options_) {
    std::vector<std::string>& values = parsed.values_[option.name];
    if ((option.arity == Arity::one || option.arity == Arity::optional) && values.size() > 1)
      fail("option --" + option.name + " is given twice");
    if (values.empty() && option.fallback) values.push_back(*option.fallback);
  }
  const std::size_t words = parsed.positional_.size();
  if (words < positional_min_) fail(positional_name_ + " is missing: " + positional_doc_);
  if (words > positional_max_) fail("unexpected word \"" + parsed.positional_[positional_max_] + "\"");
  return parsed;
}

std::string OptionParser::help() const {
  std::string text = "usage: " + in_command(command_);
  if (!positional_name_.empty()) {
    const std::string word = positional_name_ + (positional_max_ > 1 ? "..." : "");
    text += positional_min_ == 0 ? " [" + word + "]" : " " + word;
  }
  text += " [options]\n\n" + about_ + "\n\n";
  std::vector<std::pair<std::string, std::string>> rows;
  if (!positional_name_.empty()) rows.emplace_back(positional_name_, positional_doc_);
  for (const Option& option : options_) {
    const std::string fallback = option.fallback ? " (default: " + *option.fallback + ")" : "";
    const std::string again = option.arity == Arity::many ? " (may be repeated)" : "";
    rows.emplace_back("--" + option.name + (option.placeholder.empty() ? "" : " " + option.placeholder),
                      option.doc + fallback + again);
  }
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  for (const auto& [left, right] : rows)
    text += "  " + left + std::string(width - left.size() + 2, ' ') + right + "\n";
  return text + "\nexample: " + example_ + "\n";
}

void add_config_options(OptionParser& parser, std::string_view default_scale) {
  parser.value("data-dir", "DIR", "folder of data files (default: the environment's ZIPML_DATA_DIR)")
      .value("scale", "quick|paper", "quick applies the configs' \"quick\" members",
             std::string(default_scale))
      .value("seeds", "N", "run the seeds 1 to N instead of the configs' own")
      .repeated("set", "/json/pointer=VALUE", "change a value of the configs")
      .value("memory", "SIZE",
             "memory that runs may need, such as 8G (default: what is free, cgroups included)");
}

namespace {

// One word for a POSIX shell.
std::string quoted(const std::string& word) {
  constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=/.,:%@";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string config_options_text(const ParsedOptions& options) {
  std::string text = "--scale " + options.text("scale");
  if (options.has("seeds")) text += " --seeds " + options.text("seeds");
  for (const std::string& assignment : options.all("set")) text += " --set " + quoted(assignment);
  return text;
}

namespace {

MemoryLimit memory_limit(const ParsedOptions& options) {
  if (!options.has("memory")) return machine_memory();
  const std::string& text = options.text("memory");
  const auto bytes = parse_size(text);
  if (!bytes) {
    throw InputError("--memory: found \"" + text +
                     "\"; allowed: a number of bytes, or of K, M, G or T, such as 8G");
  }
  return {*bytes, "--memory " + text};
}

}  // namespace

ConfigOptions config_options(const ParsedOptions& options) {
  constexpr std::int64_t kMostSeeds = 10000;
  ConfigOptions config;
  config.scale = options.one_of("scale", {"quick", "paper"}) == "quick" ? Scale::quick : Scale::paper;
  if (options.has("seeds")) config.seeds = options.integer("seeds", 1, kMostSeeds);
  config.assignments = options.all("set");
  config.memory = memory_limit(options);
  config.data.memory = config.memory.bytes;
  const char* folder = std::getenv("ZIPML_DATA_DIR");
  if (options.has("data-dir")) {
    config.data.data_dir = options.text("data-dir");
  } else if (folder && *folder) {
    config.data.data_dir = folder;
  }
  std::error_code ignored;
  if (!config.data.data_dir.empty() && !std::filesystem::is_directory(config.data.data_dir, ignored)) {
    throw InputError(config.data.data_dir.string() + ": no such folder; " +
                     (options.has("data-dir") ? "--data-dir" : "ZIPML_DATA_DIR") +
                     " must name the folder of data files");
  }
  return config;
}

}  // namespace zipml
