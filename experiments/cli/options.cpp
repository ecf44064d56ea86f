#include "experiments/cli/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

#include "engine/core/error.h"
#include "experiments/cli/share.h"
#include "experiments/config/nearest.h"
#include "experiments/run/machine_memory.h"

namespace zipml {
namespace {

namespace po = boost::program_options;

constexpr const char* kPositional = "positional arguments";

std::string in_command(const std::string& command) { return "zipml " + command; }

// Boost names an option without value by the words as typed.
std::string without_value(std::string option) { return option.substr(0, option.find('=')); }

std::optional<std::int64_t> parse_integer(const std::string& typed) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
  if (code != std::errc{} || end != typed.data() + typed.size()) return std::nullopt;
  return value;
}

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

std::int64_t ParsedOptions::integer(std::string_view name) const {
  const std::optional<std::int64_t> value = parse_integer(text(name));
  if (!value) throw std::logic_error("option '" + std::string(name) + "' is no integer");
  return *value;
}

OptionParser::OptionParser(Manual manual) : manual_(std::move(manual)) {
  flag("help", "show this help and do nothing else");
}

OptionParser& OptionParser::flag(std::string name, std::string doc) {
  options_.push_back({std::move(name), std::move(doc)});
  return *this;
}

OptionParser& OptionParser::value(std::string name, ValueInfo value, std::string doc,
                                  std::optional<std::string> fallback) {
  options_.push_back({std::move(name), std::move(doc), Arity::one, std::move(value), std::move(fallback)});
  return *this;
}

OptionParser& OptionParser::optional_integer(std::string name, ValueInfo value, std::string doc,
                                             std::string implicit) {
  options_.push_back(
      {std::move(name), std::move(doc), Arity::optional, std::move(value), {}, std::move(implicit)});
  return *this;
}

OptionParser& OptionParser::repeated(std::string name, ValueInfo value, std::string doc) {
  options_.push_back({std::move(name), std::move(doc), Arity::many, std::move(value)});
  return *this;
}

OptionParser& OptionParser::otherwise(std::string doc) {
  options_.back().otherwise = std::move(doc);
  return *this;
}

OptionParser& OptionParser::positional(ValueInfo value, std::string doc, std::size_t min, std::size_t max) {
  positional_ = {std::move(value), std::move(doc), min, max};
  return *this;
}

void OptionParser::fail(const std::string& message) const {
  throw InputError(in_command(manual_.command) + ": " + message + "; see: " + in_command(manual_.command) +
                   " --help");
}

void OptionParser::fail_unknown(const std::string& option) const {
  std::vector<std::string> known;
  for (const OptionInfo& candidate : options_) known.push_back("--" + candidate.name);
  fail("unknown option " + without_value(option) + did_you_mean(without_value(option), known));
}

void OptionParser::check_value(const OptionInfo& option, const std::string& typed) const {
  const ValueInfo& value = option.value;
  bool good = true;
  std::string nearest;
  if (value.kind == ValueInfo::Kind::integer) {
    const std::optional<std::int64_t> number = parse_integer(typed);
    good = number && *number >= value.least && *number <= value.most;
  } else if (value.kind == ValueInfo::Kind::word) {
    good = std::find(value.words.begin(), value.words.end(), typed) != value.words.end();
    nearest = did_you_mean(typed, value.words);
  }
  if (good) return;
  throw InputError(in_command(manual_.command) + ": --" + option.name + ": found \"" + typed + "\"" +
                   nearest + "; allowed: " + allowed_text(value));
}

// Gives options that stand alone the value that this means.
std::vector<std::string> OptionParser::with_implicit_values(const std::vector<std::string>& words) const {
  const auto is_number = [](const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  };
  std::vector<std::string> complete;
  for (std::size_t i = 0; i < words.size(); ++i) {
    complete.push_back(words[i]);
    for (const OptionInfo& option : options_) {
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
  for (const OptionInfo& option : options_) {
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
  for (const OptionInfo& option : options_) parsed.values_[option.name];
  // Words after "--" are never options.
  const auto terminator = std::find(args.begin(), args.end(), "--");
  try {
    if (!collect({args.begin(), terminator}, parsed)) return {};
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
  for (const OptionInfo& option : options_) {
    std::vector<std::string>& values = parsed.values_[option.name];
    if ((option.arity == Arity::one || option.arity == Arity::optional) && values.size() > 1)
      fail("option --" + option.name + " is given twice");
    if (values.empty() && option.fallback) values.push_back(*option.fallback);
    if (option.arity == Arity::none) continue;
    for (const std::string& typed : values) check_value(option, typed);
  }
  const std::size_t words = parsed.positional_.size();
  if (words < positional_.min) fail(positional_.value.placeholder + " is missing: " + positional_.doc);
  if (words > positional_.max) fail("unexpected word \"" + parsed.positional_[positional_.max] + "\"");
  return parsed;
}

void add_config_files(OptionParser& parser) {
  parser.positional(file_value("CONFIG", ".json", shared_config_names()),
                    "config files, or names such as fig8", 1);
}

void add_config_options(OptionParser& parser, std::string_view default_scale) {
  constexpr std::int64_t kMostSeeds = 10000;
  parser.value("data-dir", folder_value("DIR"), "folder of data files")
      .otherwise("the environment's ZIPML_DATA_DIR; without it, generated stand-ins")
      .value("scale", one_word({"quick", "paper"}),
             "with quick, the configs' \"quick\" members apply: fewer epochs, seeds or rows",
             std::string(default_scale))
      .value("seeds", integer_value("N", 1, kMostSeeds), "run the seeds 1 to N")
      .otherwise("the configs' own")
      .repeated("set", text_value("/json/pointer=VALUE"),
                "change a value of the configs; VALUE is JSON, or else text")
      .value("memory", text_value("SIZE"), "memory that runs may need, such as 8G")
      .otherwise("what is free, cgroups and limits included");
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
  ConfigOptions config;
  config.scale = options.text("scale") == "quick" ? Scale::quick : Scale::paper;
  if (options.has("seeds")) config.seeds = options.integer("seeds");
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
