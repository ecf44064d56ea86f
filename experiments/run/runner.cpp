#include "experiments/run/runner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "experiments/config/config.h"
#include "experiments/results/atomic_file.h"
#include "experiments/results/file_problems.h"
#include "experiments/results/result_file.h"
#include "experiments/run/interrupt.h"
#include "experiments/run/schedule.h"

namespace zipml {
namespace {

enum class Kind { tune, run };

struct Task {
  Kind kind;
  const RunSpec* spec;
  std::size_t data;  ///< index into the data sets
  double passes;     ///< over the data
  bool ended = false;
};

/// What is known of the work on one data set.
struct DataWork {
  std::optional<double> size = {};     ///< once it was loaded
  double done = 0.0, remaining = 0.0;  ///< passes over it
};

enum class Outcome { finished, diverged, tuned, skipped, stopped, failed };

struct Ending {
  Outcome outcome = Outcome::failed;
  std::string message;  ///< of a failure
  bool input_error = false;
  bool write_error = false;
  double seconds = 0.0;
};

/// The wall time is part of what the run shows, so nothing may run beside it.
bool is_timed(const RunSpec& spec) {
  const Parameters& measured = spec.measurement.parameters;
  return spec.training.engine.kind == "hogwild" || (measured.has("timed") && measured.boolean("timed"));
}

/// Calls release() for what expect() announced.
struct Announcement {
  RunExecutor& executor;
  const RunSpec& spec;
  ~Announcement() { executor.release(spec); }
};

/// One call of run_planned(): the tasks, who works on them, and what came of it.
class Sweep {
 public:
  Sweep(const std::vector<PlannedRun>& plan, RunExecutor& executor, const RunnerOptions& options,
        const StopCheck& stop, std::ostream& messages)
      : executor_(executor),
        options_(options),
        stop_(stop),
        progress_(messages, options.screen, count_to_do(plan, options), stop) {
    for (const PlannedRun& run : plan) {
      if (run.state == RunState::finished && !options_.force) {
        ++summary_.skipped;
        continue;
      }
      add(run.spec);
    }
    tell_unreadable(plan);
  }

  RunSummary work() {
    const int runs = static_cast<int>(std::min<std::size_t>(to_do_, 1u << 16));
    jobs_ = std::clamp(options_.jobs > 0 ? options_.jobs : available_threads(), 1, std::max(runs, 1));
    threads_ = options_.threads > 0 ? options_.threads : std::max(1, available_threads() / jobs_);
    {
      std::vector<std::jthread> workers;
      try {
        for (int i = 1; i < jobs_; ++i) workers.emplace_back([this] { work_on_tasks(); });
      } catch (const std::system_error& error) {
        const std::lock_guard lock(mutex_);
        progress_.message(std::string("fewer runs side by side than asked for: no more threads: ") +
                          error.what());
      }
      work_on_tasks();
    }
    progress_.close();
    summary_.interrupted = stopped_;
    summary_.unwritable = unwritable_;
    summary_.left =
        static_cast<std::size_t>(std::count_if(tasks_.begin(), tasks_.end(), [](const Task& task) {
          return task.kind == Kind::run && !task.ended;
        }));
    summary_.only_input_errors = summary_.failed > 0 && summary_.done == 0 && !other_failures_ && !written_;
    return summary_;
  }

 private:
  static std::size_t count_to_do(const std::vector<PlannedRun>& plan, const RunnerOptions& options) {
    return static_cast<std::size_t>(std::count_if(plan.begin(), plan.end(), [&](const PlannedRun& run) {
      return options.force || run.state != RunState::finished;
    }));
  }

  void tell_unreadable(const std::vector<PlannedRun>& plan) {
    std::vector<FileProblem> problems;
    for (const PlannedRun& run : plan) {
      if (run.state == RunState::unreadable)
        problems.push_back({result_path(options_.out, run.spec.config_name, run.spec.id), run.problem});
    }
    for (const std::string& line : problem_lines(problems)) progress_.message(line + "; running again");
  }

  void add_task(Kind kind, const RunSpec& spec, std::optional<std::size_t> after) {
    executor_.expect(spec);
    const std::size_t data =
        data_.try_emplace(canonical_json(spec.dataset) + canonical_json(spec.preprocess), data_.size())
            .first->second;
    work_.resize(data_.size());
    tasks_.push_back({kind, &spec, data, passes(kind, spec)});
    work_[data].remaining += tasks_.back().passes;
    schedule_.add(after, kind == Kind::run && is_timed(spec));
  }

  void add(const RunSpec& spec) {
    ++to_do_;
    std::optional<std::size_t> tuning;
    if (spec.tune) {
      const auto [known, is_new] = tunings_.try_emplace(spec.tuning_key, tasks_.size());
      if (is_new) add_task(Kind::tune, spec, {});
      tuning = known->second;
    }
    add_task(Kind::run, spec, tuning);
  }

  void work_on_tasks() {
    while (const std::optional<std::pair<std::size_t, int>> taken = take()) {
      const auto [index, threads] = *taken;
      end(index, perform(index, threads));
    }
  }

  /// The next task and its threads; waits while the ones left depend on a tuning that is under way.
  std::optional<std::pair<std::size_t, int>> take() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (unwritable_) return std::nullopt;
      if (stop_()) {
        stopped_ = stopped_ || !schedule_.all_taken();
        return std::nullopt;
      }
      if (const std::optional<std::size_t> index = schedule_.take()) {
        // Everybody else is idle while a tuning that all wait for, or a run that must be alone, is under way:
        // it may have their threads.
        const Task& task = tasks_[*index];
        const bool alone =
            under_way_ == 0 && !schedule_.ready() && (task.kind == Kind::tune || is_timed(*task.spec));
        ++under_way_;
        begin(*index);
        return std::pair{*index, alone ? threads_ * jobs_ : threads_};
      }
      if (schedule_.all_taken()) return std::nullopt;
      // A signal handler cannot wake anybody, so the stop is looked for now and then.
      changed_.wait_for(lock, std::chrono::milliseconds(100));
    }
  }

  void begin(std::size_t index) {
    const Task& task = tasks_[index];
    at_work_.insert(index);
    progress_.job_began(index, (task.kind == Kind::tune ? "for " : "") + run_label(*task.spec), 0.0);
    tell_costs();
  }

  /// Where the data has come in, its size is known.
  StageReport stage_report(std::size_t index) {
    return [this, index, last = std::string_view()](const RunStage& stage) mutable {
      progress_.job_is_at(index, stage);
      if (last == stage.what) return;
      last = stage.what;
      const std::lock_guard lock(mutex_);
      work_[tasks_[index].data].size = executor_.data_size(*tasks_[index].spec);
      tell_costs();
    };
  }

  Ending perform(std::size_t index, int threads) {
    const Task& task = tasks_[index];
    const StageReport report = stage_report(index);
    Ending ending;
    const auto begin = std::chrono::steady_clock::now();
    const Announcement announced{executor_, *task.spec};
    try {
      ending.outcome =
          task.kind == Kind::tune ? tune(*task.spec, threads, report) : run(*task.spec, threads, report);
    } catch (const InputError& error) {
      ending.message = error.what();
      ending.input_error = true;
    } catch (const WriteError& error) {
      ending.message = error.what();
      ending.write_error = true;
    } catch (const std::logic_error& error) {
      ending.message = std::string("internal error: ") + error.what();
    } catch (const std::bad_alloc&) {
      ending.message = "not enough memory";
    } catch (const std::exception& error) {
      ending.message = error.what();
    }
    ending.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return ending;
  }

  Outcome tune(const RunSpec& spec, int threads, const StageReport& report) {
    return executor_.tune(spec, threads, stop_, report) ? Outcome::tuned : Outcome::stopped;
  }

  Outcome run(const RunSpec& spec, int threads, const StageReport& report) {
    const std::filesystem::path file = result_path(options_.out, spec.config_name, spec.id);
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
      throw IoError(file.string() + ": cannot write this file: a folder is in the way");
    }
    // Another program may work on the same sweep, and may have finished the run before it begins here or
    // meanwhile. What is finished stays as it is.
    const auto is_there = [&] {
      return !options_.force && std::filesystem::exists(file, ignored) &&
             result_problem(file, spec.id).empty();
    };
    if (is_there()) return Outcome::skipped;
    const std::optional<ResultFile> result = executor_.execute(spec, threads, stop_, report);
    if (!result) return Outcome::stopped;
    if (is_there()) return Outcome::skipped;
    write_result(file, *result);
    return result->status == RunStatus::diverged ? Outcome::diverged : Outcome::finished;
  }

  void end(std::size_t index, const Ending& ending) {
    const std::lock_guard lock(mutex_);
    --under_way_;
    const std::vector<std::size_t> given_up = schedule_.end(index, ending.outcome != Outcome::failed);
    if (ending.write_error) {
      refuse_to_go_on(index, ending, given_up);
      changed_.notify_all();
      return;
    }
    report(index, ending);
    for (const std::size_t later : given_up) {
      executor_.release(*tasks_[later].spec);
      Ending same = ending;
      same.message = "its step size could not be tuned: " + ending.message;
      report(later, same);
    }
    changed_.notify_all();
  }

  // What one result could not be written for keeps the others from being written too. Training on would lose
  // hours, and say the same a thousand times.
  void refuse_to_go_on(std::size_t index, const Ending& ending, const std::vector<std::size_t>& given_up) {
    for (const std::size_t later : given_up) executor_.release(*tasks_[later].spec);
    tasks_[index].ended = true;
    at_work_.erase(index);
    progress_.job_ended(index);
    ++summary_.failed;
    other_failures_ = true;
    if (!unwritable_) progress_.message("FAILED " + run_label(*tasks_[index].spec) + ": " + ending.message);
    unwritable_ = true;
  }

  void report(std::size_t index, const Ending& ending) {
    Task& task = tasks_[index];
    task.ended = true;
    at_work_.erase(index);
    progress_.job_ended(index);
    DataWork& part = work_[task.data];
    part.size = executor_.data_size(*task.spec);
    part.done += task.passes;
    part.remaining -= task.passes;
    tell_costs();
    const std::string label = run_label(*task.spec);
    if (task.kind == Kind::tune) {
      if (ending.outcome == Outcome::tuned) written_ = true;
      return;
    }
    switch (ending.outcome) {
      case Outcome::stopped:
        stopped_ = true;
        return;
      case Outcome::failed:
        ++summary_.failed;
        other_failures_ = other_failures_ || !ending.input_error;
        progress_.message("FAILED " + label + " (run " + task.spec->id + "): " + ending.message);
        progress_.run_ended(label + ": failed");
        return;
      case Outcome::skipped:
        ++summary_.skipped;
        progress_.run_ended(label + ": finished by another program");
        return;
      default:
        break;
    }
    ++summary_.done;
    const bool diverged = ending.outcome == Outcome::diverged;
    if (diverged) ++summary_.diverged;
    progress_.run_ended(label + (diverged ? ": diverged after " : ": finished in ") +
                        format_duration(ending.seconds));
  }

  void tell_costs() {
    double known = 0.0, done = 0.0, remaining = 0.0;
    int count = 0;
    for (const DataWork& part : work_) {
      if (part.size) known += *part.size, ++count;
    }
    // Data that was not loaded yet is taken to be of middling size.
    const double typical = count > 0 ? known / count : 1.0;
    for (const DataWork& part : work_) {
      done += part.size.value_or(typical) * part.done;
      remaining += part.size.value_or(typical) * part.remaining;
    }
    std::vector<std::pair<std::size_t, double>> under_way;
    for (const std::size_t i : at_work_)
      under_way.emplace_back(i, work_[tasks_[i].data].size.value_or(typical) * tasks_[i].passes);
    progress_.costs(done, remaining, under_way);
  }

  /// Passes over the data: draws or epochs (of a network, mini-batches), times the step sizes of the grid for
  /// a tuning.
  static double passes(Kind kind, const RunSpec& spec) {
    const Parameters& measurement = spec.measurement.parameters;
    if (measurement.has("draws")) return measurement.number("draws");
    if (spec.network) return spec.network->solver.parameters.number("iterations");
    const Parameters& solver = spec.training.solver.parameters;
    const double epochs = solver.has("epochs") ? solver.number("epochs") : 1.0;
    if (kind == Kind::run || !solver.has("tune_grid")) return epochs;
    return epochs * static_cast<double>(solver.numbers("tune_grid").size());
  }

  RunExecutor& executor_;
  const RunnerOptions& options_;
  const StopCheck& stop_;
  Progress progress_;
  std::size_t to_do_ = 0;
  int jobs_ = 1, threads_ = 1;

  std::mutex mutex_;  ///< guards everything below while the workers run
  std::condition_variable changed_;
  std::vector<Task> tasks_;
  Schedule schedule_;
  std::map<std::string, std::size_t> tunings_;  ///< key -> its task
  std::map<std::string, std::size_t> data_;     ///< data set -> index into the next
  std::vector<DataWork> work_;
  std::set<std::size_t> at_work_;  ///< tasks under way
  int under_way_ = 0;
  bool stopped_ = false, other_failures_ = false, written_ = false, unwritable_ = false;
  RunSummary summary_;
};

/// Looks at the folders that will be written to, before any work.
void prepare_folders(const std::vector<PlannedRun>& plan, const RunnerOptions& options) {
  std::set<std::filesystem::path> folders;
  for (const PlannedRun& run : plan) {
    if (run.state == RunState::finished && !options.force) continue;
    folders.insert(result_path(options.out, run.spec.config_name, run.spec.id).parent_path());
    if (run.spec.tune) folders.insert(tuning_path(options.out, run.spec.tuning_key).parent_path());
  }
  for (const std::filesystem::path& folder : folders) {
    check_folder_writable(folder);
    remove_stale_parts(folder);
  }
}

}  // namespace

int RunSummary::exit_code() const {
  if (interrupted) return interrupted_exit_code();
  if (failed == 0) return 0;
  return only_input_errors ? 2 : 1;
}

RunSummary run_planned(const std::vector<PlannedRun>& plan, RunExecutor& executor,
                       const RunnerOptions& options, const StopCheck& stop, std::ostream& messages) {
  prepare_folders(plan, options);
  Sweep sweep(plan, executor, options, stop, messages);
  return sweep.work();
}

}  // namespace zipml
