#include "tests/e2e/terminal.h"

#include <catch2/catch.hpp>

#include "tests/e2e/sweep_config.h"

namespace zipml::testing {
namespace {

/// A sweep that takes long enough to be looked at.
std::vector<std::string> long_sweep(const TemporaryFolder& folder,
                                    const std::vector<std::string>& extra = {}) {
  // Tuning and every run take several drawings of the screen, on a fast machine, too.
  std::vector<std::string> arguments = {"--jobs",    "2",
                                        "--threads", "1",
                                        "--seeds",   "2",
                                        "--set",     "/solver/epochs=200",
                                        "--set",     "/dataset/train_rows=60000",
                                        "--set",     "/solver/tune_grid=[0.01,0.02,0.05,0.1,0.2,0.3]"};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  return zipml_command(sweep_arguments(folder, "out", arguments));
}

TEST_CASE("a terminal shows every run under way and the whole, and keeps nothing of it", "[e2e][terminal]") {
  const TemporaryFolder folder;
  TerminalProcess process(long_sweep(folder), 90, 20);
  REQUIRE(process.read_until([](const Screen& screen) { return screen.has("tuning, epoch "); }));
  REQUIRE(process.read_until([](const Screen& screen) {
    return screen.has("sweep, ") && screen.has(", seed 1  training, epoch ") && screen.has("/200") &&
           screen.has("2 running, ") && screen.has(" left");
  }));
  const std::size_t lines = process.screen().lines().size();
  INFO(Catch::StringMaker<std::vector<std::string>>::convert(process.screen().lines()));
  REQUIRE(lines == 3);
  REQUIRE(process.wait() == 0);
  REQUIRE(process.screen().lines() ==
          std::vector<std::string>{"6 done, 0 skipped, 0 diverged, 0 failed; results are in " +
                                   (folder / "out").string()});
  REQUIRE(process.screen().unknown().empty());
  // In place: nothing is ever erased before its successor is there, except once at the end.
  const std::string erased_first = "A\x1b[J";
  const std::size_t first = process.bytes().find(erased_first);
  REQUIRE(process.bytes().find(erased_first, first + 1) == std::string::npos);
}

TEST_CASE("a window that changes, and names longer than it, leave no traces", "[e2e][terminal]") {
  const TemporaryFolder folder;
  std::string config = sweep_config();
  const std::string word = "a-name-that-no-window-of-this-test-can-hold-in-one-line-of-its-own";
  for (const char* name : {"32-bit", "DS 4-bit", "naive 2-bit"}) {
    config.replace(config.find(name), std::string(name).size(), word + name + word);
  }
  write_text(folder / "sweep.json", config);
  TerminalProcess process(long_sweep(folder), 100, 20);
  const auto long_name = [](const Screen& screen) {
    return screen.has("sweep, a-name-") && screen.has("seed 1  training, epoch ");
  };
  REQUIRE(process.read_until(long_name));
  REQUIRE_FALSE(process.screen().wrapped());
  for (const std::size_t columns : {45u, 30u, 70u, 50u}) {
    process.resize(columns, 40);  // what the window wraps must not leave it at the top
    const std::size_t before = process.bytes().size();
    REQUIRE(process.read_until([&](const Screen& screen) {
      return process.bytes().size() > before + 200 && screen.has(" done, ") && screen.cursor_column() == 0;
    }));
  }
  REQUIRE(process.wait() == 0);
  REQUIRE(process.screen().unknown().empty());
  std::string all;  // the summary is longer than the window
  for (const std::string& line : process.screen().lines()) all += line;
  REQUIRE(all == "6 done, 0 skipped, 0 diverged, 0 failed; results are in " + (folder / "out").string());
}

TEST_CASE("Ctrl-C ends a sweep cleanly and says how to go on", "[e2e][terminal]") {
  const TemporaryFolder folder;
  TerminalProcess process(long_sweep(folder), 120, 20);
  REQUIRE(process.read_until([](const Screen& screen) { return screen.has("training, epoch "); }));
  process.type("\x03");
  REQUIRE(process.wait() == 130);
  const std::string finished = std::to_string(count_results(folder / "out"));
  const std::vector<std::string> lines = process.screen().lines();
  INFO(Catch::StringMaker<std::vector<std::string>>::convert(lines));
  REQUIRE(lines.size() == 2);
  REQUIRE_THAT(lines[0], Catch::StartsWith(finished + " done, 0 skipped"));
  REQUIRE(lines[1] == "zipml: interrupted; " + finished +
                          " of 6 runs are finished, and the same command goes on where this one stopped");
  REQUIRE(count_parts(folder / "out") == 0);
  TerminalProcess again(long_sweep(folder), 120, 20);
  REQUIRE(again.wait() == 0);
  REQUIRE(again.screen().has(std::to_string(6 - std::stoi(finished)) + " done, " + finished + " skipped"));
}

TEST_CASE("a second Ctrl-C stops at once", "[e2e][terminal]") {
  const TemporaryFolder folder;
  // Data that takes seconds to generate, during which the first one is only noted.
  TerminalProcess process(long_sweep(folder, {"--set", "/dataset/train_rows=4000000"}), 120, 20);
  REQUIRE(process.read_until([](const Screen& screen) { return screen.has("loading data"); }));
  process.type("\x03");
  REQUIRE(process.read_until(
      [](const Screen& screen) { return screen.has("stopping after the current epoch"); }));
  process.type("\x03");
  REQUIRE(process.wait() == 1000 + SIGINT);
  REQUIRE(process.screen().cursor_column() <= 2);  // "^C" may stand there, nothing else
  REQUIRE(count_results(folder / "out") == 0);
}

TEST_CASE("where lines cannot be drawn again, a line a run", "[e2e][terminal]") {
  for (const auto& environment : {std::pair{"TERM", "dumb"}, std::pair{"CI", "true"}}) {
    const TemporaryFolder folder;
    TerminalProcess process(zipml_command(sweep_arguments(folder, "out")), 80, 20, {environment});
    REQUIRE(process.wait() == 0);
    REQUIRE(process.bytes().find('\x1b') == std::string::npos);
    REQUIRE_THAT(process.bytes(), Catch::Contains("[1/12") && Catch::Contains("[12/12] sweep, "));
  }
  const TemporaryFolder folder;
  TerminalProcess plain(zipml_command(sweep_arguments(folder, "out")), 80, 20, {{"NO_COLOR", "1"}});
  REQUIRE(plain.wait() == 0);
  REQUIRE(plain.bytes().find("\x1b[J") != std::string::npos);
  REQUIRE(plain.bytes().find("\x1b[1m") == std::string::npos);
  const TemporaryFolder other;
  TerminalProcess bold(zipml_command(sweep_arguments(other, "out")), 80, 20);
  REQUIRE(bold.wait() == 0);
  REQUIRE(bold.bytes().find("\x1b[1m") != std::string::npos);
}

TEST_CASE("the test's terminal shows what a too long or leftover line would look like", "[e2e][terminal]") {
  Screen screen(10, 5);
  screen.write("12345678901\r\nleft");
  REQUIRE(screen.wrapped());
  REQUIRE(screen.lines() == std::vector<std::string>{"1234567890", "1", "left"});
  screen.resize(3, 5);
  REQUIRE(screen.lines() == std::vector<std::string>{"123", "456", "789", "01", "lef", "t"});
  screen.write("\r\x1b[1A\x1b[J\x1b[?25l");
  REQUIRE(screen.lines() == std::vector<std::string>{"123", "456", "789", "01"});
  REQUIRE(screen.unknown() == "[?25l");
}

}  // namespace
}  // namespace zipml::testing
