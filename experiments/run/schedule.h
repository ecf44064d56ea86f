#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace zipml {

/// Order of work: a list of tasks, some of which wait for one other. Not synchronised: the caller locks.
class Schedule {
 public:
  /// Adds a task and returns its index; `after` is the index of the task that must have ended before. One
  /// that is `alone` begins when nothing is under way, and nothing begins beside it.
  std::size_t add(std::optional<std::size_t> after = {}, bool alone = false);

  /// The first task in the order of adding that may begin now, which is thereby taken; nothing if there is
  /// none.
  std::optional<std::size_t> take();

  /// A taken task ended. If it failed, those that wait for it are given up too; returns these.
  std::vector<std::size_t> end(std::size_t task, bool succeeded);

  /// Some task could be taken now.
  bool ready() const;
  /// No task is left that could ever be taken, unless one under way ends.
  bool all_taken() const;

 private:
  enum class State { waiting, taken, succeeded, failed };
  struct Task {
    std::optional<std::size_t> after;
    bool alone = false;
    State state = State::waiting;
  };
  bool may_begin(const Task& task) const;

  std::vector<Task> tasks_;
  std::size_t first_waiting_ = 0;  ///< no task before it waits
  std::size_t under_way_ = 0;
  bool alone_under_way_ = false;
};

}  // namespace zipml
