#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "experiments/run/run_stage.h"
#include "experiments/run/terminal.h"

namespace zipml {

/// Where progress is shown, and how.
struct ProgressScreen {
  TerminalStyle style = {};
  std::function<TerminalSize()> size = [] { return TerminalSize(); };  ///< asked before every drawing
  /// Asked before every drawing, too: not where the program was put into the background of its shell.
  std::function<bool()> visible = [] { return true; };
  std::chrono::milliseconds interval{200};  ///< between drawings; 0: draw() is called by others only
};

/// Tells a person how far a sweep is. On a live screen: one line for every run under way and one for the
/// whole, drawn again in place, no more than has changed and never wider or higher than the window; elsewhere
/// one plain line for every run that ended. Any thread may call any member.
class Progress {
 public:
  /// `stopping` is asked before every drawing: once it is true, the last line says so.
  Progress(std::ostream& out, ProgressScreen screen, std::size_t total, std::function<bool()> stopping = {});
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A run or a tuning is under way, under a number of its own; `cost` as in costs().
  void job_began(std::size_t job, std::string label, double cost);
  void job_is_at(std::size_t job, const RunStage& stage);
  void job_ended(std::size_t job);

  /// Work that has ended, and work that has not, that under way included, in any common unit; they only give
  /// the time left. `under_way` has the costs of jobs by their number, where they are known better now.
  void costs(double done, double remaining, const std::vector<std::pair<std::size_t, double>>& under_way);

  /// One of the `total` runs ended; `line` says how.
  void run_ended(const std::string& line);

  /// A message that must stay readable.
  void message(const std::string& line);

  void draw();

  /// Takes the drawn lines away; what follows begins on a line of its own.
  void close();

 private:
  struct Job {
    bool under_way = false;
    std::size_t number = 0;
    std::string label;
    RunStage stage{"waiting"};
    double cost = 0.0;
  };
  struct Line {
    std::string text;
    std::size_t width = 0;
  };

  double seconds() const;
  double share_of(const Job& job) const;
  void estimate();
  std::string time_left() const;
  std::string summary() const;
  std::vector<Line> compose(const TerminalSize& size) const;
  std::string to_top(std::size_t columns) const;
  void outlast_interrupt();
  void draw_locked();
  void erase_locked();
  void keep_drawing();

  std::ostream& out_;
  const ProgressScreen screen_;
  const std::size_t total_;
  const std::function<bool()> stopping_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();

  mutable std::mutex mutex_;  ///< guards everything below
  std::condition_variable wake_;
  bool closed_ = false, settled_ = false;
  std::size_t ended_ = 0;
  double done_cost_ = 0.0, remaining_cost_ = 0.0;
  double expected_end_ = 0.0;  ///< seconds after the begin; 0: not known
  std::vector<Job> jobs_;      ///< a line keeps its place on the screen: free ones are taken again
  std::vector<Line> drawn_;    ///< what is on the screen, the cursor below it
  TerminalSize drawn_size_;
  std::thread drawer_;
};

/// For people, rounded up: "0.3 s", "42 s", "3 min 5 s", "2 h 10 min".
std::string format_duration(double seconds);

}  // namespace zipml
