#include "experiments/run/schedule.h"

#include <algorithm>
#include <stdexcept>

namespace zipml {

std::size_t Schedule::add(std::optional<std::size_t> after, bool alone) {
  if (after && *after >= tasks_.size()) throw std::logic_error("a task can only wait for an earlier one");
  tasks_.push_back({after, alone, State::waiting});
  return tasks_.size() - 1;
}

bool Schedule::may_begin(const Task& task) const {
  if (alone_under_way_ || (task.alone && under_way_ > 0)) return false;
  return task.state == State::waiting && (!task.after || tasks_[*task.after].state == State::succeeded);
}

std::optional<std::size_t> Schedule::take() {
  while (first_waiting_ < tasks_.size() && tasks_[first_waiting_].state != State::waiting) ++first_waiting_;
  for (std::size_t i = first_waiting_; i < tasks_.size(); ++i) {
    if (!may_begin(tasks_[i])) continue;
    tasks_[i].state = State::taken;
    ++under_way_;
    alone_under_way_ = tasks_[i].alone;
    return i;
  }
  return std::nullopt;
}

std::vector<std::size_t> Schedule::end(std::size_t task, bool succeeded) {
  --under_way_;
  alone_under_way_ = false;  // it was the only one
  tasks_.at(task).state = succeeded ? State::succeeded : State::failed;
  std::vector<std::size_t> given_up;
  if (succeeded) return given_up;
  for (std::size_t i = task + 1; i < tasks_.size(); ++i) {
    Task& later = tasks_[i];
    if (later.state == State::waiting && later.after && tasks_[*later.after].state == State::failed) {
      later.state = State::failed;
      given_up.push_back(i);
    }
  }
  return given_up;
}

bool Schedule::ready() const {
  const auto first = tasks_.begin() + static_cast<std::ptrdiff_t>(first_waiting_);
  return std::any_of(first, tasks_.end(), [this](const Task& task) { return may_begin(task); });
}

bool Schedule::all_taken() const {
  const auto first = tasks_.begin() + static_cast<std::ptrdiff_t>(first_waiting_);
  return std::none_of(first, tasks_.end(), [](const Task& task) { return task.state == State::waiting; });
}

}  // namespace zipml
