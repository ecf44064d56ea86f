#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/deep/network_gradient.h"
#include "experiments/cli/command_list.h"
#include "experiments/cli/share.h"
#include "experiments/config/config.h"
#include "experiments/config/nearest.h"
#include "experiments/run/executor.h"
#include "experiments/run/interrupt.h"
#include "experiments/run/memory_plan.h"
#include "experiments/run/runner.h"
#include "experiments/run/terminal.h"
#include "experiments/run/verify.h"

namespace zipml {
namespace {

constexpr std::int64_t kMostThreads = 4096;

RunnerOptions runner_options(const ParsedOptions& parsed) {
  RunnerOptions options;
  options.out = parsed.text("out");
  if (parsed.has("jobs")) options.jobs = static_cast<int>(parsed.integer("jobs"));
  if (parsed.has("threads")) options.threads = static_cast<int>(parsed.integer("threads"));
  if (parsed.has("shard")) options.shard = parse_shard(parsed.text("shard"));
  options.force = parsed.has("force");
  options.screen.style = terminal_style(STDERR_FILENO);
  options.screen.visible = [] { return in_foreground(STDERR_FILENO); };
  options.screen.size = [] { return terminal_size(STDERR_FILENO); };
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

void print_summary(const RunSummary& summary, std::size_t planned, const RunnerOptions& options) {
  std::cerr << summary.done << " done, " << summary.skipped << " skipped, " << summary.diverged
            << " diverged, " << summary.failed << " failed; results are in " << options.out.string()
            << std::endl;
  if (summary.unwritable) {
    std::cerr << "zipml: results cannot be written, " << summary.left
              << " runs are left; the same command goes on where this one stopped" << std::endl;
  }
  if (summary.interrupted) {
    std::cerr << "zipml: interrupted; " << summary.done + summary.skipped << " of " << planned
              << " runs are finished, and the same command goes on where this one stopped" << std::endl;
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
  const InterruptGuard guard(!options.screen.style.live);
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

OptionParser run_options() {
  Manual manual;
  manual.command = "run";
  manual.about = "run the configs' experiments, what is finished excepted";
  manual.description = {
      "Expands the sweeps of configs, runs what is not finished and writes one result file a run. The same "
      "command again goes on where the one before ended, however that ended. Results have the same bits for "
      "every number of jobs and threads, on every machine; those of Hogwild and of networks do not, and say "
      "so.",
      "A config that is no file here is looked for among those that came with the program, in their folder "
      "and "
      "in its figures and examples: `fig8`, `fig8.json` and `figures/fig8.json` all mean figure 8. A line on "
      "standard error names the file.",
      "On a terminal, standard error shows a line for every run under way (what it is, and which epoch of "
      "how "
      "many it is in) and one for the whole: runs done, time so far, time left. Elsewhere it gets one plain "
      "line for every run that ended.",
      "Ctrl-C (SIGINT), or SIGTERM, lets the runs under way go on to the end of their epoch and drops them "
      "unwritten; finished ones stay. Once more stops at once; no result is ever half written."};
  manual.exit_codes = {{"1", "Some run failed, which did not stop the others; with --verify, some differ."},
                       {"130", "Stopped by Ctrl-C (SIGINT)."},
                       {"143", "Stopped by SIGTERM."}};
  manual.environment = {"ZIPML_DATA_DIR", "NO_COLOR", "TERM", "CI"};
  manual.files = {
      {"OUT/CONFIG/RUN.h5", "the results: HDF5, one file a run, named by a hash of the resolved config"},
      {"OUT/_tuning", "step sizes that were tuned, shared by runs"},
      {"PREFIX/share/zipml/configs", "the configs that came with the program"}};
  manual.examples = {
      {"zipml run fig8 --scale quick", "Figure 8 in small, on generated data where files lack"},
      {"zipml run my.json --data-dir data --jobs 2 --out results", "Two runs of my.json at a time"},
      {"zipml run my.json --set /solver/epochs=5 --dry-run", "What would run"},
      {"zipml run my.json --shard 2/4", "The second of four machines"},
      {"zipml run my.json --verify", "Do three finished runs again, and compare"}};
  manual.see_also = {"validate", "report", "export", "tutorials/reproduce-a-figure.md"};
  OptionParser parser(std::move(manual));
  add_config_files(parser);
  parser.value("out", folder_value("DIR"), "folder of the results", "results");
  add_config_options(parser, "paper");
  parser.value("jobs", integer_value("N", 1, kMostThreads), "runs side by side").otherwise("one a CPU");
  parser.value("threads", integer_value("N", 1, kMostThreads), "threads of one run; does not change results")
      .otherwise("CPUs / jobs");
  parser.value("shard", text_value("I/N"),
               "only part I of N (by run id), for sharing a sweep between machines");
  parser.flag("force", "run again what is finished, tunings included");
  parser.optional_integer("verify", integer_value("N", 1),
                          "instead of running, do N finished runs again and compare them", "3");
  parser.flag("dry-run", "print what would run, and do nothing");
  return parser;
}

int run_command(const ParsedOptions& parsed) {
  RunnerOptions options = runner_options(parsed);
  const ConfigOptions config_choices = config_options(parsed);
  std::vector<RunSpec> specs;
  std::vector<MemoryExcess> too_large;
  for (Config& config : load_configs(find_configs(parsed.positional()), config_choices)) {
    for (const std::string& note : config.notes) std::cerr << note << std::endl;
    std::move(config.runs.begin(), config.runs.end(), std::back_inserter(specs));
    too_large.insert(too_large.end(), config.too_large.begin(), config.too_large.end());
  }
  std::vector<PlannedRun> plan = plan_runs(std::move(specs), options);
  if (parsed.has("verify")) {
    const auto count = static_cast<std::size_t>(parsed.integer("verify"));
    for (const char* other : {"force", "dry-run"}) {
      if (parsed.has(other))
        throw InputError(std::string("zipml run: --verify and --") + other + " exclude each other");
    }
    return verify(plan, count, options, config_choices.data);
  }
  if (parsed.has("dry-run")) {
    print_plan(plan, std::cout);
    return 0;
  }
  const std::size_t planned = plan.size();
  skip_networks(plan);
  if (planned > 0 && plan.empty()) return 1;
  refuse_too_large(too_large, plan, options);
  fit_jobs(plan, config_choices.memory, parsed.positional(), options);
  const InterruptGuard guard(!options.screen.style.live);
  EngineExecutor executor({options.out, config_choices.data, config_options_text(parsed), options.force});
  const RunSummary summary = run_planned(plan, executor, options, interrupted, std::cerr);
  print_summary(summary, planned, options);
  return summary.exit_code();
}

}  // namespace zipml
