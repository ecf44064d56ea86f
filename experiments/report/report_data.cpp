#include "experiments/report/report_data.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "experiments/report/data_rows.h"

namespace zipml {
namespace {

void add_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

// Figures' configs are the project's own; of others only the name is known.
std::string config_file(const std::string& name, bool has_claims) {
  return (has_claims ? "configs/figures/" : "") + name + ".json";
}

std::string command_of(const Run& run, bool has_claims) {
  std::string command = "zipml run " + config_file(run.config_name, has_claims);
  if (!run.provenance.config_options.empty()) command += " " + run.provenance.config_options;
  if (!run.provenance.source_files.empty()) command += " --data-dir DATA";
  return command + " --out results";
}

// "" where a result of an older version does not say.
std::string scale_of(const Run& run) {
  for (const char* scale : {"paper", "quick"}) {
    if (run.provenance.config_options.starts_with(std::string("--scale ") + scale)) return scale;
  }
  return "";
}

auto identity(const Environment& e) {
  return std::tie(e.zipml_version, e.git_commit, e.compiler, e.flags, e.libraries, e.cpu_model,
                  e.instruction_set, e.cpus);
}

Environment environment_of(const Run& run) {
  const Provenance& from = run.provenance;
  return {run.zipml_version, from.git_commit, from.compiler,        from.flags,
          from.libraries,    from.cpu_model,  from.instruction_set, from.cpus};
}

std::size_t count_environment(std::vector<Environment>& all, const Run& run) {
  const Environment environment = environment_of(run);
  auto found = std::find_if(all.begin(), all.end(),
                            [&](const Environment& one) { return identity(one) == identity(environment); });
  if (found == all.end()) found = all.insert(all.end(), environment);
  ++found->runs;
  return static_cast<std::size_t>(found - all.begin());
}

void count_data(std::map<std::pair<std::string, std::string>, DataUsed>& all, const Run& run) {
  // Shapes that were only timed have no data.
  if (run.provenance.data_checksum.empty()) return;
  DataUsed& data = all[{run.dataset_title, run.provenance.data_checksum}];
  data.title = run.dataset_title;
  data.stand_in_for = run.dataset_stand_in_for;
  data.checksum = run.provenance.data_checksum;
  data.source_files = run.provenance.source_files;
  data.train_rows = run.train_rows;
  data.test_rows = run.test_rows;
  data.features = run.features;
  ++data.runs;
}

ReportedClaim reported(ClaimResult result, const std::map<std::string, const Run*>& runs) {
  ReportedClaim claim;
  std::set<std::string> scales;
  for (const std::string& id : result.finding.runs) {
    const auto found = runs.find(id);
    if (found == runs.end()) continue;
    const Run& run = *found->second;
    add_once(claim.commands, command_of(run, true));
    add_once(claim.commits, run.provenance.git_commit);
    scales.insert(scale_of(run));
    claim.stand_in = claim.stand_in || !run.dataset_stand_in_for.empty();
    claim.bytes_moved += bytes_moved(run);
  }
  if (!scales.contains("")) {
    for (const std::string& scale : scales) claim.scale += (claim.scale.empty() ? "" : " and ") + scale;
  }
  if (claim.commands.empty())
    claim.commands = {"zipml run " + config_file(result.claim.figure, true) + " --scale quick --out results"};
  claim.result = std::move(result);
  return claim;
}

}  // namespace

std::uint64_t bytes_moved(const Run& run) {
  if (run.train_loss.empty() && run.fpga) {
    return static_cast<std::uint64_t>(run.fpga->bytes_after(run.fpga->cycles_per_epoch.size()));
  }
  return run.bytes_read + run.channel_bytes() + (run.image ? run.image->label_bytes : 0);
}

ReportData make_report(const RunSet& set) {
  ReportData report;
  report.runs = set.runs.size();
  report.problems = set.problems;
  std::map<std::string, const Run*> by_id;
  std::map<std::string, std::vector<const Run*>> by_config;
  std::map<std::pair<std::string, std::string>, DataUsed> data;
  std::map<std::string, std::vector<std::size_t>> environments;
  for (const Run& run : set.runs) {
    // The same result may lie in several folders.
    if (!by_id.emplace(run.id, &run).second) continue;
    by_config[run.config_name].push_back(&run);
    std::vector<std::size_t>& used = environments[run.config_name];
    const std::size_t environment = count_environment(report.environments, run);
    if (std::find(used.begin(), used.end(), environment) == used.end()) used.push_back(environment);
    count_data(data, run);
  }
  for (ClaimResult& result : evaluate_claims(set))
    report.claims.push_back(reported(std::move(result), by_id));
  for (std::size_t i = 0; i < report.claims.size(); ++i) {
    const std::string& name = report.claims[i].result.claim.figure;
    if (report.figures.empty() || report.figures.back().name != name)
      report.figures.emplace_back().name = name;
    report.figures.back().claims.push_back(i);
  }
  for (const auto& [name, runs] : by_config) {
    const auto known = std::find_if(report.figures.begin(), report.figures.end(),
                                    [&, n = name](const FigureReport& figure) { return figure.name == n; });
    if (known == report.figures.end()) report.figures.emplace_back().name = name;
  }
  for (FigureReport& figure : report.figures) {
    const auto runs = by_config.find(figure.name);
    if (runs == by_config.end()) continue;
    add_data_rows(figure, runs->second);
    for (const Run* run : runs->second) add_once(figure.commands, command_of(*run, !figure.claims.empty()));
    figure.environments = environments[figure.name];
  }
  for (auto& [key, one] : data) report.data.push_back(std::move(one));
  return report;
}

}  // namespace zipml
