#include "experiments/run/progress.h"

#include <catch2/catch.hpp>
#include <sstream>
#include <thread>

#include "tests/e2e/terminal.h"

namespace zipml {
namespace {

using testing::Screen;
using Lines = std::vector<std::string>;

/// Progress on a screen that is only drawn when asked.
struct Shown {
  TerminalSize size;
  std::ostringstream out;
  Screen screen;
  bool stopping = false, visible = true;
  Progress progress;
  std::size_t seen = 0;

  Shown(std::size_t columns, std::size_t rows, std::size_t total)
      : size{columns, rows},
        screen(columns, rows),
        progress(out,
                 {{true, false},
                  [this] { return size; },
                  [this] { return visible; },
                  std::chrono::milliseconds(0)},
                 total, [this] { return stopping; }) {}

  /// What was written since the last call.
  std::string fresh() {
    std::string text = out.str().substr(seen);
    seen += text.size();
    screen.write(text);
    return text;
  }
  Lines draw() {
    progress.draw();
    fresh();
    return screen.lines();
  }
};

TEST_CASE("without a live screen, one plain line a run", "[run][progress]") {
  std::ostringstream plain;
  Progress progress(plain, {}, 2);
  progress.job_began(0, "first", 1.0);
  progress.job_is_at(0, {"training", "epoch", 1, 2});
  progress.draw();
  progress.job_ended(0);
  progress.run_ended("first");
  progress.message("note");
  progress.run_ended("second");
  progress.close();
  REQUIRE(plain.str().substr(0, 5) == "[1/2]");
  REQUIRE(plain.str() == "[1/2] first\nnote\n[2/2] second\n");
}

TEST_CASE("a live screen has a line a job and one for all", "[run][progress]") {
  Shown shown(60, 10, 5);
  shown.progress.job_began(7, "fig, DS 4 bit, seed 1", 1.0);
  shown.progress.job_began(8, "fig, 32-bit, seed 1", 1.0);
  shown.progress.job_is_at(7, {"training", "epoch", 3, 20});
  shown.progress.job_is_at(8, {"loading data"});
  REQUIRE(shown.draw() == Lines{"fig, DS 4 bit, seed 1  training, epoch 3/20",
                                "fig, 32-bit, seed 1    loading data", "0/5 done, 2 running, 0 s so far"});
  REQUIRE(shown.screen.cursor_column() == 0);
  // Nothing new, nothing written.
  shown.progress.draw();
  REQUIRE(shown.fresh().empty());
  // The place of a job that ended is taken by the next; the others stay where they are.
  shown.progress.job_ended(7);
  shown.progress.run_ended("ended");
  shown.progress.job_began(9, "next", 1.0);
  REQUIRE(shown.draw() == Lines{"next                 waiting", "fig, 32-bit, seed 1  loading data",
                                "1/5 done, 2 running, 0 s so far"});
  shown.progress.message("FAILED something");
  shown.fresh();
  REQUIRE(shown.screen.lines()[0] == "FAILED something");
  REQUIRE(shown.screen.lines().size() == 4);
  shown.stopping = true;
  REQUIRE(shown.draw().back() == "1/5 done, stopping after the... epoch; Ctrl-C stops at once");
  shown.progress.close();
  shown.fresh();
  REQUIRE(shown.screen.lines() == Lines{"FAILED something"});
  REQUIRE(shown.screen.unknown().empty());
}

TEST_CASE("nothing is drawn while the program is in the background", "[run][progress]") {
  Shown shown(60, 10, 5);
  shown.progress.job_began(0, "job", 1.0);
  REQUIRE(shown.draw().size() == 2);
  shown.visible = false;
  shown.screen.write("a shell's words\r\n");
  shown.progress.job_is_at(0, {"training"});
  shown.progress.draw();
  REQUIRE(shown.fresh().empty());
  shown.visible = true;
  // Below what others wrote meanwhile, not over it.
  REQUIRE(shown.draw()[2] == "a shell's words");
  REQUIRE(shown.draw()[3] == "job  training");
}

TEST_CASE("the time left follows the work that is done", "[run][progress]") {
  Shown shown(80, 10, 2);
  shown.progress.job_began(0, "a", 100.0);
  shown.progress.costs(0.0, 200.0, {{0, 100.0}});
  REQUIRE(shown.draw().back().find("left") == std::string::npos);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  shown.progress.job_is_at(0, {"training", "epoch", 1, 2});
  // A quarter of all in at least 0.2 s: at least 0.6 s are left.
  const std::string line = shown.draw().back();
  const std::size_t comma = line.rfind(", ");
  REQUIRE(line.substr(line.size() - 5) == " left");
  REQUIRE(std::stod(line.substr(comma + 2)) >= 0.5);
  shown.progress.costs(200.0, 0.0, {});
  REQUIRE(shown.draw().back().find("left") == std::string::npos);
}

TEST_CASE("a small window hides jobs", "[run][progress]") {
  Shown shown(80, 6, 9);
  for (std::size_t i = 0; i < 7; ++i) shown.progress.job_began(i, "job", 1.0);
  REQUIRE(shown.draw().size() == 5);
  REQUIRE(shown.draw()[3] == "and 4 more");
}

// As long as the window holds what it wrapped: what has left it at the top, no program can take back.
TEST_CASE("a resized window keeps no traces", "[run][progress]") {
  Shown shown(80, 40, 9);
  for (std::size_t i = 0; i < 3; ++i) {
    shown.progress.job_began(i, "job " + std::string(60, 'x') + std::to_string(i), 1.0);
  }
  shown.draw();
  for (const std::size_t columns : {25u, 11u, 3u, 1u, 60u, 80u}) {
    shown.size = {columns, 40};
    shown.screen.resize(columns, 40);
    const Lines lines = shown.draw();
    INFO(Catch::StringMaker<Lines>::convert(lines));
    REQUIRE(lines.size() == 4);
    for (const std::string& line : lines) REQUIRE(line.size() <= std::max<std::size_t>(columns - 1, 1));
  }
}

TEST_CASE("names are cut to fit and can command nothing", "[run][progress]") {
  REQUIRE(fit("abc", 3) == "abc");
  REQUIRE(fit("abcdefghij", 9) == "abc...hij");
  REQUIRE(fit("abcdefghij", 4) == "abcd");
  REQUIRE(fit("abc", 0).empty());
  REQUIRE(fit("a\x1b[2Jb\n\x7f", 80) == "a?[2Jb??");
  REQUIRE(fit("\xc2\x9b"
              "31m",
              80) == "?31m");  // a one-character escape
  REQUIRE(display_width("a\xc3\xa9") == 2);
  REQUIRE(display_width("\xe6\xbc\xa2\xe5\xad\x97") == 4);
  REQUIRE(display_width("e\xcc\x81") == 1);
  REQUIRE(fit("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 5) == "\xe6\xbc\xa2\xe5\xad\x97");
  REQUIRE(fit("\xff\xe6\xbc", 9) == "???");
}

TEST_CASE("durations are rounded up", "[run][progress]") {
  REQUIRE(format_duration(0.21) == "0.3 s");
  REQUIRE(format_duration(41.2) == "42 s");
  REQUIRE(format_duration(185) == "3 min 5 s");
  REQUIRE(format_duration(7800) == "2 h 10 min");
}

}  // namespace
}  // namespace zipml
