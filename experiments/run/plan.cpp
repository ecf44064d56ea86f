#include <charconv>
#include <stdexcept>
#include <utility>

#include "engine/core/error.h"
#include "experiments/results/result_file.h"
#include "experiments/run/runner.h"

namespace zipml {
namespace {

bool parse_unsigned(std::string_view text, int base, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

PlannedRun plan_run(RunSpec spec, const std::filesystem::path& out) {
  const std::filesystem::path file = result_path(out, spec.config_name, spec.id);
  PlannedRun planned{std::move(spec), RunState::missing, {}};
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) return planned;
  planned.problem = result_problem(file, planned.spec.id);
  planned.state = planned.problem.empty() ? RunState::finished : RunState::unreadable;
  return planned;
}

const char* state_name(RunState state) {
  switch (state) {
    case RunState::missing:
      return "to run";
    case RunState::finished:
      return "finished";
    case RunState::unreadable:
      return "unreadable, to run again";
  }
  throw std::logic_error("unknown run state");
}

}  // namespace

Shard parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  Shard shard;
  const bool readable = slash != std::string_view::npos &&
                        parse_unsigned(text.substr(0, slash), 10, shard.index) &&
                        parse_unsigned(text.substr(slash + 1), 10, shard.count);
  if (!readable || shard.index < 1 || shard.index > shard.count) {
    throw InputError("--shard: '" + std::string(text) + "' is not allowed; allowed is I/N with 1 <= I <= N");
  }
  return shard;
}

bool in_shard(const std::string& run_id, const Shard& shard) {
  std::uint64_t number = 0;
  if (run_id.size() > 16 || !parse_unsigned(run_id, 16, number)) {
    throw std::logic_error("run id '" + run_id + "' is not hexadecimal");
  }
  return number % shard.count == shard.index - 1;
}

std::vector<PlannedRun> plan_runs(std::vector<RunSpec> specs, const RunnerOptions& options) {
  std::vector<PlannedRun> plan;
  for (RunSpec& spec : specs) {
    if (in_shard(spec.id, options.shard)) plan.push_back(plan_run(std::move(spec), options.out));
  }
  return plan;
}

void print_plan(const std::vector<PlannedRun>& plan, std::ostream& out) {
  out << "run_id\tconfig\tpanel\tseries\tseed\tdataset\tstate\n";
  for (const PlannedRun& run : plan) {
    const RunSpec& spec = run.spec;
    out << spec.id << '\t' << spec.config_name << '\t' << spec.panel << '\t' << spec.series << '\t'
        << spec.seed << '\t' << spec.dataset.kind << '\t' << state_name(run.state) << '\n';
  }
}

std::string run_label(const RunSpec& spec) {
  std::string label = spec.config_name;
  if (!spec.panel.empty()) label += " " + spec.panel;
  if (!spec.series.empty()) label += ", " + spec.series;
  return label + ", seed " + std::to_string(spec.seed);
}

}  // namespace zipml
