#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/config/run_spec.h"
#include "experiments/run/executor.h"
#include "experiments/run/progress.h"

namespace zipml {

/// Part `index` of `count` (1-based). The parts of all indices are disjoint and together everything.
struct Shard {
  std::uint64_t index = 1, count = 1;
};

/// Reads "I/N" with 1 <= I <= N. Throws InputError.
Shard parse_shard(std::string_view text);

/// The run's id, as a number, modulo count is index - 1. The id must be 1 to 16 hex digits.
bool in_shard(const std::string& run_id, const Shard& shard);

struct RunnerOptions {
  std::filesystem::path out = "results";
  int jobs = 0;     ///< runs side by side; 0: available_threads(), at most the runs to do
  int threads = 0;  ///< of one run; 0: available_threads() / jobs, at least 1
  Shard shard;
  bool force = false;  ///< runs what is finished again
  ProgressScreen screen = {};
};

/// What the result file of a run says.
enum class RunState { missing, finished, unreadable };

struct PlannedRun {
  RunSpec spec;
  RunState state = RunState::missing;
  std::string problem;  ///< why an unreadable file is not taken for a result
};

/// The runs of this shard in their order, each with its state on the disk. Reads only.
std::vector<PlannedRun> plan_runs(std::vector<RunSpec> specs, const RunnerOptions& options);

/// One line a run: id, config, panel, series, seed, dataset, state; separated by tabs, with a header line.
void print_plan(const std::vector<PlannedRun>& plan, std::ostream& out);

struct RunSummary {
  std::size_t done = 0;      ///< trained and written now, diverged ones included
  std::size_t skipped = 0;   ///< were finished before, or by another program meanwhile
  std::size_t diverged = 0;  ///< of those done
  std::size_t failed = 0;
  std::size_t left = 0;  ///< not begun, or given up: after an interrupt, or where results cannot be written
  bool interrupted = false;
  bool unwritable = false;  ///< a result could not be written, so the sweep was ended
  bool only_input_errors =
      false;  ///< something failed, all of it by the user's input, and nothing was written

  /// Exit code of the program: 0 done, 1 some run failed, 2 wrong input; interrupted: see
  /// interrupted_exit_code().
  int exit_code() const;
};

/// Does what is not finished (with force: everything) and writes each result as soon as there is one. A
/// failing run is reported and does not stop the others, except where its result could not be written (a full
/// disk): then no run is begun any more. Once stop() is true no run is begun and those under
/// way end after their epoch, unwritten. Results do not depend on jobs or threads. Throws IoError before any
/// work if the output folder cannot be written.
RunSummary run_planned(const std::vector<PlannedRun>& plan, RunExecutor& executor,
                       const RunnerOptions& options, const StopCheck& stop, std::ostream& messages);

/// "fig8 (a) cadata, DS 4 bit, seed 2": for messages.
std::string run_label(const RunSpec& spec);

}  // namespace zipml
