#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/deep/network_gradient.h"
#include "experiments/cli/commands.h"
#include "experiments/cli/options.h"
#include "experiments/config/config.h"
#include "experiments/config/nearest.h"
#include "experiments/run/executor.h"
#include "experiments/run/interrupt.h"
#include "experiments/run/memory_plan.h"
#include "experiments/run/runner.h"
#include "experiments/run/verify.h"

namespace zipml {
namespace {

constexpr std::int64_t kMostThreads = 4096;

OptionParser run_parser() {
  OptionParser parser("run",
                      "Expands the sweeps of configs, runs what is not finished and writes the results.",
                      "zipml run configs/figures/fig8.json --scale quick --data-dir data --jobs 2");
  parser.positional("CONFIG", "config files", 1);
  parser.value("out", "DIR", "folder of the results: DIR/<config name>/<run id>.h5", "results");
  add_config_options(parser, "paper");
  parser.value("jobs", "N", "runs side by side (default: one a CPU)");
  parser.value("threads", "N", "threads of one run (default: CPUs / jobs); does not change results");
  parser.value("shard", "I/N", "only part I of N (by run id), for sharing a sweep between machines");
  parser.flag("force", "run again what is finished, tunings included");
  parser.optional_integer(
      "verify", "[N]", "instead of running, do N finished runs again (3 if N is left out) and compare them",
      "3");
  parser.flag("dry-run", "print what would run, and do nothing");
  return parser;
}

RunnerOptions runner_options(const ParsedOptions& parsed) {
  RunnerOptions options;
  options.out = parsed.text("out");
  if (parsed.has("jobs")) options.jobs = static_cast<int>(parsed.integer("jobs", 1, kMostThreads));
  if (parsed.has("threads")) options.threads = static_cast<int>(parsed.integer("threads", 1, kMostThreads));
  if (parsed.has("shard")) options.shard = parse_shard(parsed.text("shard"));
  options.force = parsed.has("force");
  options.updating_progress = ::isatty(STDERR_FILENO) == 1;
  return options;
}

// Throws InputError where a run that is still to do needs more memory than there is.
void refuse_too_large(const std::vector<MemoryExcess>& excesses, const std::vector<PlannedRun>& plan,
                      const RunnerOptions& options) {
  std::set<std::string> to_do;
  for (const PlannedRun& run : plan) {
    if (run.state != RunState::finished || options.force) to_do.insert(run.spec.id);
  }
  std::vector<std::string> lines;
  for (const MemoryExcess& excess : excesses) {
    const bool is_new = std::find(lines.begin(), lines.end(), excess.message) == lines.end();
    if (to_do.contains(excess.run_id) && is_new) lines.push_back(excess.message);
  }
  if (!lines.empty()) throw InputError(join(lines, "\n"));
}

// Runs side by side that there is memory for. More than that is refused where the user asked for them.
void fit_jobs(const std::vector<PlannedRun>& plan, const MemoryLimit& memory,
              const std::vector<std::string>& names, RunnerOptions& options) {
  const bool asked = options.jobs > 0;
  const int wanted = std::min<int>(asked ? options.jobs : available_threads(), static_cast<int>(plan.size()));
  const int fitting = jobs_within(plan, options.force, wanted, memory.bytes);
  if (fitting >= wanted) return;
  const std::string need = std::to_string(wanted) + " runs side by side need at least " +
                           with_separators(most_memory(plan, options.force, wanted)) +
                           " bytes of memory; available are " + with_separators(memory.bytes) + " (" +
                           memory.source + ")";
  if (asked) {
    throw InputError(join(names, ", ") + ": /dataset: --jobs " + std::to_string(options.jobs) + ": " + need +
                     "; allowed: " + (fitting > 0 ? "--jobs " + std::to_string(fitting) : "smaller data"));
  }
  options.jobs = std::max(fitting, 1);
  std::cerr << need << ": running " << options.jobs << std::endl;
}

// Takes out the networks that this build cannot train, and says so once a config.
void skip_networks(std::vector<PlannedRun>& plan) {
  const auto is_skipped = [](const PlannedRun& run) {
    return run.spec.network && run.state != RunState::finished && network_backend() == nullptr;
  };
  std::map<std::string, std::size_t> skipped;
  for (const PlannedRun& run : plan) {
    if (is_skipped(run)) ++skipped[run.spec.config_name];
  }
  std::erase_if(plan, is_skipped);
  for (const auto& [config, count] : skipped) {
    std::cerr << config << ": " << count << " runs skipped: " << network_backend_problem() << std::endl;
  }
}

void print_summary(const RunSummary& summary, const RunnerOptions& options) {
  std::cerr << summary.done << " done, " << summary.skipped << " skipped, " << summary.diverged
            << " diverged, " << summary.failed << " failed; results are in " << options.out.string()
            << std::endl;
  if (summary.unwritable) {
    std::cerr << "zipml: results cannot be written, " << summary.left
              << " runs are left; the same command goes on where this one stopped" << std::endl;
  }
  if (summary.interrupted) {
    std::cerr << "zipml: interrupted; the same command goes on where this one stopped" << std::endl;
  }
}

std::string counted(std::size_t count, const char* one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

int verify(const std::vector<PlannedRun>& plan, std::size_t count, const RunnerOptions& options,
           const DataContext& data) {
  const VerifySample sample = choose_sample(plan, count);
  const std::string found = counted(sample.finished, "finished run") + " in " + options.out.string() +
                            " of the " + std::to_string(plan.size()) + " that were asked for, " +
                            std::to_string(sample.left_out) + " of them not reproducible and left out";
  if (sample.runs.empty()) throw InputError("zipml run --verify: nothing to verify: " + found);
  std::cerr << "verifying " << counted(sample.runs.size(), "run") << ": " << found << std::endl;
  const InterruptGuard guard;
  const ScratchFolder scratch;
  EngineExecutor executor({scratch.path(), data, "", true});
  const Verification outcome = verify_runs(sample, executor, options, scratch.path(), interrupted, std::cerr);
  for (const RunDifference& run : outcome.differing) print_difference(run, std::cout);
  std::cout << outcome.equal << " of " << sample.runs.size() << " verified runs equal, "
            << outcome.differing.size() << " differ, " << outcome.failed << " failed (" << found << ")"
            << std::endl;
  return outcome.exit_code();
}

}  // namespace

int run_command(const std::vector<std::string>& args) {
  const std::optional<ParsedOptions> parsed = run_parser().parse(args);
  if (!parsed) return 0;
  RunnerOptions options = runner_options(*parsed);
  const ConfigOptions config_choices = config_options(*parsed);
  const std::vector<std::string>& names = parsed->positional();
  std::vector<RunSpec> specs;
  std::vector<MemoryExcess> too_large;
  for (Config& config : load_configs({names.begin(), names.end()}, config_choices)) {
    for (const std::string& note : config.notes) std::cerr << note << std::endl;
    specs.insert(specs.end(), config.runs.begin(), config.runs.end());
    too_large.insert(too_large.end(), config.too_large.begin(), config.too_large.end());
  }
  std::vector<PlannedRun> plan = plan_runs(specs, options);
  if (parsed->has("verify")) {
    const auto count = static_cast<std::size_t>(parsed->integer("verify", 1));
    for (const char* other : {"force", "dry-run"}) {
      if (parsed->has(other))
        throw InputError(std::string("zipml run: --verify and --") + other + " exclude each other");
    }
    return verify(plan, count, options, config_choices.data);
  }
  if (parsed->has("dry-run")) {
    print_plan(plan, std::cout);
    return 0;
  }
  const bool had_runs = !plan.empty();
  skip_networks(plan);
  if (had_runs && plan.empty()) return 1;
  refuse_too_large(too_large, plan, options);
  fit_jobs(plan, config_choices.memory, names, options);
  const InterruptGuard guard;
  EngineExecutor executor({options.out, config_choices.data, config_options_text(*parsed), options.force});
  const RunSummary summary = run_planned(plan, executor, options, interrupted, std::cerr);
  print_summary(summary, options);
  return summary.exit_code();
}

}  // namespace zipml
