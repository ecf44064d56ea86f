#include "experiments/run/verify.h"

#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/random.h"
#include "experiments/results/result_file.h"
#include "experiments/run/interrupt.h"

namespace zipml {
namespace {

// A subsample comes from the stream of the resamples, whose epoch 0 is the report's.
constexpr DrawAddress kSample{1, Stream::bootstrap, 1};

std::uint64_t order_of(const PlannedRun& run) {
  return draw_below(kSample, std::stoull(run.spec.id, nullptr, 16), 0, std::uint64_t{1} << 62);
}

}  // namespace

VerifySample choose_sample(const std::vector<PlannedRun>& plan, std::size_t count) {
  VerifySample sample;
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].state != RunState::finished) continue;
    ++sample.finished;
    if (is_reproducible(plan[i].spec)) {
      order.emplace_back(order_of(plan[i]), i);
    } else {
      ++sample.left_out;
    }
  }
  std::sort(order.begin(), order.end());
  order.resize(std::min(order.size(), count));
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  for (const auto& [drawn, index] : order) sample.runs.push_back(plan[index]);
  return sample;
}

int Verification::exit_code() const {
  if (interrupted) return interrupted_exit_code();
  return failed == 0 && differing.empty() ? 0 : 1;
}

Verification verify_runs(const VerifySample& sample, RunExecutor& executor, const RunnerOptions& options,
                         const std::filesystem::path& scratch, const StopCheck& stop,
                         std::ostream& messages) {
  RunnerOptions again = options;
  again.out = scratch;
  std::vector<PlannedRun> plan = sample.runs;
  for (PlannedRun& run : plan) run.state = RunState::missing;
  const RunSummary summary = run_planned(plan, executor, again, stop, messages);
  Verification verification;
  verification.interrupted = summary.interrupted;
  verification.failed = summary.failed;
  for (const PlannedRun& run : sample.runs) {
    const std::filesystem::path file = result_path(scratch, run.spec.config_name, run.spec.id);
    if (!std::filesystem::exists(file)) continue;
    RunDifference difference{run.spec.config_name + "/" + run.spec.id, "", {}};
    try {
      difference.result = compare_results(result_path(options.out, run.spec.config_name, run.spec.id), file);
    } catch (const InputError& error) {
      difference.problem = error.what();
    }
    if (difference.problem.empty() && difference.result.differences.empty()) {
      ++verification.equal;
    } else {
      verification.differing.push_back(std::move(difference));
    }
  }
  return verification;
}

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "zipml-verify-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw IoError(name + ": cannot make this folder");
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace zipml
