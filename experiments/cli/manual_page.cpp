#include "experiments/cli/manual_page.h"

#include <algorithm>

#include "experiments/cli/commands.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

using Block = ManualPage::Block;
using Section = ManualPage::Section;

// A first word with a colon is a name, not the begin of a sentence.
std::string sentence(std::string text) {
  const bool name = text.find(':') < text.find(' ');
  if (!name && !text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (!text.empty() && text.back() != '.' && text.back() != '?') text += '.';
  return text;
}

std::string option_text(const OptionInfo& option) {
  std::string text = sentence(option.doc);
  const std::string allowed = allowed_text(option.value);
  if (!allowed.empty()) text += " Allowed: " + allowed + ".";
  if (option.arity == Arity::optional) text += " Alone it means " + option.implicit + ".";
  if (option.arity == Arity::many) text += " May be given more than once.";
  if (option.fallback) text += " Default: " + *option.fallback + ".";
  if (!option.otherwise.empty()) text += " Default: " + option.otherwise + ".";
  return text;
}

std::string option_term(const OptionInfo& option) {
  if (option.arity == Arity::none) return "--" + option.name;
  const std::string& value = option.value.placeholder;
  return "--" + option.name + " " + (option.arity == Arity::optional ? "[" + value + "]" : value);
}

std::string synopsis(const OptionParser& parser) {
  std::string text = "zipml " + parser.manual().command;
  const PositionalInfo& words = parser.words();
  if (words.max > 0) {
    const std::string word = words.value.placeholder + (words.max > 1 ? "..." : "");
    text += words.min == 0 ? " [" + word + "]" : " " + word;
  }
  return text + " [options]";
}

const std::vector<std::pair<std::string, std::string>>& common_exit_codes() {
  static const std::vector<std::pair<std::string, std::string>> codes = {
      {"0", "Done."},
      {"1", "Something failed that is not the fault of the input, such as a full disk; a message says what."},
      {"2",
       "Wrong options or input: one message for every mistake on standard error, and nothing is written."},
  };
  return codes;
}

Section exit_codes(const Manual& manual) {
  auto codes = common_exit_codes();
  for (const auto& [code, text] : manual.exit_codes) {
    const auto known = std::find_if(codes.begin(), codes.end(),
                                    [&code = code](const auto& entry) { return entry.first == code; });
    if (known == codes.end()) {
      codes.emplace_back(code, text);
    } else {
      known->second = text;
    }
  }
  Section section{"EXIT CODES", {}};
  for (const auto& [code, text] : codes) section.blocks.push_back({code, text});
  return section;
}

std::string references(const std::vector<std::string>& names) {
  std::vector<std::string> commands, pages;
  for (const std::string& name : names) {
    const bool page = name.find(".md") != std::string::npos;
    (page ? pages : commands).push_back(page ? name : "`zipml help " + name + "`");
  }
  if (pages.empty()) return join(commands) + ".";
  return join(commands) + "; in docs/ of the source or PREFIX/share/doc/zipml: " + join(pages) + ".";
}

Section environment(const std::vector<std::string>& names) {
  Section section{"ENVIRONMENT", {}};
  for (const std::string& name : names) section.blocks.push_back({name, environment_text(name)});
  return section;
}

// Lines of at most `columns` columns; a longer word has a line of its own.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t columns) {
  const std::string margin(indent, ' ');
  std::string result, line;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!line.empty() && indent + line.size() + 1 + word.size() > columns) {
      result += margin + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return result + margin + line + "\n";
}

std::string roff_text(const std::string& text) {
  std::string result;
  bool bold = false;
  for (const char c : text) {
    if (c == '`') {
      result += bold ? "\\fR" : "\\fB";
      bold = !bold;
    } else if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else if (c == '"') {
      result += "\\(dq";
    } else {
      result += c;
    }
  }
  return result[0] == '.' ? "\\&" + result : result;
}

}  // namespace

ManualPage command_page(const OptionParser& parser) {
  const Manual& manual = parser.manual();
  ManualPage page{"zipml-" + manual.command, manual.about, {}};
  page.sections.push_back({"SYNOPSIS", {{"", synopsis(parser), true}}});
  Section description{"DESCRIPTION", {}};
  for (const std::string& paragraph : manual.description) description.blocks.push_back({"", paragraph});
  const PositionalInfo& words = parser.words();
  if (words.max > 0) description.blocks.push_back({words.value.placeholder, sentence(words.doc)});
  page.sections.push_back(std::move(description));
  Section options{"OPTIONS", {}};
  for (const OptionInfo& option : parser.options()) {
    options.blocks.push_back({option_term(option), option_text(option)});
  }
  page.sections.push_back(std::move(options));
  page.sections.push_back(exit_codes(manual));
  if (!manual.environment.empty()) page.sections.push_back(environment(manual.environment));
  if (!manual.files.empty()) {
    Section files{"FILES", {}};
    for (const auto& [path, text] : manual.files) files.blocks.push_back({path, sentence(text)});
    page.sections.push_back(std::move(files));
  }
  Section examples{"EXAMPLES", {}};
  for (const auto& [command, text] : manual.examples) {
    examples.blocks.push_back({"", sentence(text)});
    examples.blocks.push_back({"", command, true});
  }
  page.sections.push_back(std::move(examples));
  page.sections.push_back({"SEE ALSO", {{"", references(manual.see_also)}}});
  return page;
}

ManualPage program_page() {
  ManualPage page{
      "zipml", "train models end to end in low precision, and check the ZipML paper's claims", {}};
  page.sections.push_back({"SYNOPSIS",
                           {{"", "zipml COMMAND [options]", true},
                            {"", "zipml help COMMAND", true},
                            {"", "zipml --version", true}}});
  page.sections.push_back(
      {"DESCRIPTION",
       {{"",
         "JSON configs go in, HDF5 results come out, and figures and verdicts on the claims of the ZipML "
         "paper "
         "(arXiv:1611.05402) are made from those results alone. A config that is no file here is looked for "
         "among those that came with the program: `zipml run fig8` works anywhere."}}});
  Section list{"COMMANDS", {}};
  for (const Command& command : commands()) {
    list.blocks.push_back({command.name, sentence(command.options().manual().about)});
  }
  page.sections.push_back(std::move(list));
  page.sections.push_back(exit_codes({}));
  page.sections.push_back(
      environment({"ZIPML_DATA_DIR", "ZIPML_PYTHON", "ZIPML_PLOTS", "NO_COLOR", "TERM", "CI", "COLUMNS"}));
  page.sections.push_back({"FILES",
                           {{"PREFIX/share/zipml/configs",
                             "Configs of the paper's figures, platforms of FPGA boards, the JSON "
                             "schema of a config."},
                            {"PREFIX/share/zipml/plots", "The scripts behind `zipml-plots`."},
                            {"PREFIX/share/doc/zipml", "Documentation, tutorials among it."}}});
  page.sections.push_back({"EXAMPLES",
                           {{"", "Run what figure 8 shows, on generated data, and draw it."},
                            {"", "zipml run fig8 --scale quick --out results", true},
                            {"", "zipml-plots --results results --out figures --only fig8", true},
                            {"", "Hold the paper's claims against these results."},
                            {"", "zipml report results", true}}});
  page.sections.push_back(
      {"SEE ALSO", {{"", "`zipml help COMMAND` or `man zipml-COMMAND`, `zipml-plots --help`."}}});
  return page;
}

std::string manual_text(const ManualPage& page, std::size_t columns) {
  constexpr std::size_t kIndent = 2, kTermIndent = 6;
  std::string text = wrapped(page.name + " - " + page.about, 0, columns);
  for (const Section& section : page.sections) {
    text += "\n" + section.heading + "\n";
    bool first = true, after_literal = false;
    for (const Block& block : section.blocks) {
      if (!first && block.term.empty() && !block.literal) text += "\n";
      if (!first && !block.term.empty() && (after_literal || section.heading == "DESCRIPTION")) text += "\n";
      if (block.literal) {
        text += std::string(kIndent, ' ') + (section.heading == "SYNOPSIS" ? "" : "  ") + block.text + "\n";
      } else if (block.term.empty()) {
        text += wrapped(block.text, kIndent, columns);
      } else {
        text += std::string(kIndent, ' ') + block.term + "\n" + wrapped(block.text, kTermIndent, columns);
      }
      first = false;
      after_literal = block.literal;
    }
  }
  return text;
}

std::string manual_roff(const ManualPage& page) {
  std::string title = page.name;
  std::transform(title.begin(), title.end(), title.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  std::string text = ".\\\" Written by: zipml help --man\n.TH " + roff_text(title) +
                     " 1 \"\" \"zipml " ZIPML_VERSION "\" \"zipml\"\n.SH NAME\n" + roff_text(page.name) +
                     " \\- " + roff_text(page.about) + "\n";
  for (const Section& section : page.sections) {
    text += ".SH " + section.heading + "\n";
    for (const Block& block : section.blocks) {
      if (block.literal) {
        text += ".PP\n.nf\n.B \"" + roff_text(block.text) + "\"\n.fi\n";
      } else if (block.term.empty()) {
        text += ".PP\n" + roff_text(block.text) + "\n";
      } else {
        text += ".TP\n\\fB" + roff_text(block.term) + "\\fR\n" + roff_text(block.text) + "\n";
      }
    }
  }
  return text;
}

}  // namespace zipml
