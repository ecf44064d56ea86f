#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "tests/e2e/process.h"
#include "tests/e2e/terminal.h"

namespace zipml::testing {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// As the program lists them, options of the program itself left out.
Lines all_commands() {
  Lines names;
  for (const std::string& line : lines_of(run_zipml({"--complete", ""}).out)) {
    if (line[0] != '-') names.push_back(line);
  }
  return names;
}

std::string section(const std::string& help, const std::string& heading) {
  const std::size_t begin = help.find("\n" + heading + "\n");
  if (begin == std::string::npos) return {};
  std::size_t end = help.find("\n\n", begin + 1);
  while (end != std::string::npos && help[end + 2] == ' ') end = help.find("\n\n", end + 2);
  return help.substr(begin, end == std::string::npos ? end : end - begin + 1);
}

/// "--name" for every option that a help explains.
std::set<std::string> explained_options(const std::string& help) {
  std::set<std::string> names;
  for (const std::string& line : lines_of(section(help, "OPTIONS"))) {
    if (line.rfind("  --", 0) == 0) names.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

/// What bash would offer after "zipml WORDS..." with the cursor at the end of the last word.
std::set<std::string> offered(const Lines& words, const std::filesystem::path& folder = {}) {
  Lines command = {
      "bash",
      "--norc",
      "--noprofile",
      "-c",
      "program=$1; shift; source <(\"$program\" help --completion bash); "
      "COMP_WORDS=(\"$program\" \"$@\"); COMP_CWORD=$#; _zipml; printf '%s\\n' \"${COMPREPLY[@]}\"",
      "bash",
      zipml_command({}).front()};
  command.insert(command.end(), words.begin(), words.end());
  const ProcessResult result = run_process(command, {folder, {}});
  REQUIRE(result.exit_code == 0);
  REQUIRE(result.err.empty());
  const Lines lines = lines_of(result.out);
  std::set<std::string> found(lines.begin(), lines.end());
  found.erase("");
  return found;
}

using Set = std::set<std::string>;

TEST_CASE("every command has a whole manual, and completion knows what it explains", "[e2e][help]") {
  const Lines commands = all_commands();
  REQUIRE(commands.size() >= 10);
  for (const std::string& command : commands) {
    INFO(command);
    const ProcessResult help = run_zipml({command, "--help"});
    REQUIRE(help.exit_code == 0);
    REQUIRE(help.err.empty());
    REQUIRE(help.out == run_zipml({"help", command}).out);
    REQUIRE(help.out.rfind("zipml-" + command + " - ", 0) == 0);
    for (const char* heading : {"SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT CODES", "EXAMPLES", "SEE ALSO"}) {
      INFO(heading);
      REQUIRE(section(help.out, heading).size() > std::string(heading).size() + 10);
    }
    REQUIRE_THAT(section(help.out, "SYNOPSIS"), Catch::Contains("zipml " + command));
    const Set options = explained_options(help.out);
    REQUIRE(options.count("--help") == 1);
    REQUIRE(offered({command, "--"}) == options);
    const std::string page = run_zipml({"help", command, "--man"}).out;
    for (const std::string& option : options) {
      std::string escaped;
      for (const char c : option) escaped += c == '-' ? std::string("\\-") : std::string(1, c);
      REQUIRE_THAT(page, Catch::Contains(".TP\n\\fB" + escaped));
    }
  }
}

TEST_CASE("an option's words are offered, explained and the only ones accepted", "[e2e][help]") {
  REQUIRE(offered({"report", "--format", ""}) == Set{"text", "md", "json", "json-full", "html"});
  REQUIRE(offered({"report", "--format", "json"}) == Set{"json", "json-full"});
  REQUIRE(offered({"run", "--scale", "=", "qu"}) == Set{"quick"});
  REQUIRE(offered({"run", "--scale", "="}) == Set{"quick", "paper"});
  const std::string help = run_zipml({"report", "--help"}, {{}, {{"COLUMNS", "100"}}}).out;
  REQUIRE_THAT(help, Catch::Contains("  --format text|md|json|json-full|html\n") &&
                         Catch::Contains("Allowed: text, md, json, json-full, html."));
  const ProcessResult refused = run_zipml({"report", ".", "--format", "htm"});
  REQUIRE(refused.exit_code == 2);
  REQUIRE(refused.err ==
          "zipml report: --format: found \"htm\"; did you mean \"html\"?; allowed: text, md, json, "
          "json-full, html\n");
}

TEST_CASE("names of figures, registries and data sets are offered", "[e2e][help]") {
  const Set configs = offered({"run", "fig"});
  for (const auto& entry : std::filesystem::directory_iterator(ZIPML_SOURCE_DIR "/configs/figures")) {
    const std::string name = entry.path().stem().string();
    if (name.rfind("fig", 0) == 0) REQUIRE(configs.count(name) == 1);
  }
  REQUIRE(offered({"list", "esti"}) == Set{"estimators"});
  REQUIRE(offered({"data", "fetch", "cada"}) == Set{"cadata"});
  REQUIRE(offered({"fpga", "harp_q"}) == Set{"harp_q1", "harp_q2", "harp_q4", "harp_q8"});
  REQUIRE(offered({"compare", "--levels", "uniform,optimal_h"}) == Set{"uniform,optimal_histogram"});
  REQUIRE(offered({"ru"}) == Set{"run"});
  REQUIRE(offered({"help", "expo"}) == Set{"export"});
  REQUIRE(offered({"schema", ""}).empty());
  REQUIRE(offered({"no-such-command", ""}).empty());
  REQUIRE(offered({"run", "--verify", "--dry"}) == Set{"--dry-run"});
  REQUIRE(offered({"run", "--jobs", ""}).empty());
  REQUIRE(offered({"run", "--force", "--fo"}).empty());  // given already
}

TEST_CASE("paths are offered by kind", "[e2e][help]") {
  const TemporaryFolder folder;
  write_text(folder / "mine.json", "{}");
  write_text(folder / "mine.txt", "");
  write_text(folder / "minefield/x.json", "{}");
  REQUIRE(offered({"validate", "mi"}, folder.path()) == Set{"mine.json", "minefield"});
  REQUIRE(offered({"validate", "minefield/"}, folder.path()) == Set{"minefield/x.json"});
  REQUIRE(offered({"run", "--out", "mi"}, folder.path()) == Set{"minefield"});
  REQUIRE(offered({"report", "--output", "mine."}, folder.path()) == Set{"mine.json", "mine.txt"});
}

TEST_CASE("bash itself completes a word after '='", "[e2e][help]") {
  TerminalProcess bash({"/bin/bash", "--norc", "--noprofile", "-i"}, 160, 20, {{"PS1", "$ "}});
  const std::string folder = std::filesystem::path(zipml_command({}).front()).parent_path().string();
  bash.type("PATH=" + folder +
            ":$PATH; source <(zipml help --completion bash); clear() { :; }; echo rea''dy\r");
  REQUIRE(bash.read_until([](const Screen& screen) { return screen.has("ready"); }));
  bash.type("zipml validate --scale=qu\t fig\x09");
  REQUIRE(bash.read_until([](const Screen& screen) { return screen.has("--scale=quick"); }));
}

TEST_CASE("help is as wide as the terminal", "[e2e][help]") {
  for (const std::string& command : all_commands()) {
    INFO(command);
    for (const std::size_t columns : {40u, 72u, 100u}) {
      const std::string help = run_zipml({"help", command}, {{}, {{"COLUMNS", std::to_string(columns)}}}).out;
      const std::string examples = section(help, "EXAMPLES"), synopsis = section(help, "SYNOPSIS");
      std::size_t widest = 0;
      for (const std::string& line : lines_of(help)) {
        const bool one_word = line.find(' ', line.find_first_not_of(' ')) == std::string::npos;
        const bool literal =
            examples.find(line) != std::string::npos || synopsis.find(line) != std::string::npos;
        const bool option = line.rfind("  --", 0) == 0;
        if (!one_word && !literal && !option) widest = std::max(widest, line.size());
      }
      REQUIRE(widest <= columns);
      REQUIRE(widest > columns - 20);
    }
  }
  TerminalProcess narrow(zipml_command({"help", "run"}), 50, 20, {{"COLUMNS", ""}});
  REQUIRE(narrow.wait() == 0);
  REQUIRE(narrow.screen().has("Expands the sweeps of configs, runs what is not"));
}

TEST_CASE("man pages are good troff", "[e2e][help]") {
  if (run_process({"/bin/sh", "-c", "command -v groff"}).exit_code != 0) {
    WARN("skipped: no groff");
    return;
  }
  Lines pages = {""};
  for (const std::string& command : all_commands()) pages.push_back(command);
  for (const std::string& command : pages) {
    INFO(command);
    const ProcessResult shown =
        run_process({"/bin/sh", "-c", "\"$0\" help $1 --man | groff -man -ww -Tascii -P-cbou",
                     zipml_command({}).front(), command});
    REQUIRE(shown.exit_code == 0);
    REQUIRE(shown.err.empty());
    REQUIRE_THAT(shown.out, Catch::Contains("SYNOPSIS") && Catch::Contains("EXIT CODES"));
  }
}

}  // namespace
}  // namespace zipml::testing
