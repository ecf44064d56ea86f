#include "experiments/report/run_set.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "engine/core/error.h"
#include "experiments/config/measurements.h"
#include "experiments/report/statistics.h"
#include "experiments/results/file_problems.h"

namespace zipml {
namespace {

const Json* member(const Json& config, const char* pointer) {
  const Json::json_pointer place(pointer);
  return config.contains(place) ? &config.at(place) : nullptr;
}

// Runs with equal keys may be compared with each other.
std::string setting_key(const Run& run, const Query& query) {
  Json setting = run.config;
  for (const char* varying : {"precision", "seed", "panel", "series", "config"}) setting.erase(varying);
  const auto leave_out = [&](const char* member, const char* part) {
    const auto found = setting.find(member);
    if (found != setting.end() && found->is_object()) found->erase(part);
  };
  if (query.batch_varies) leave_out("solver", "batch");
  leave_out("solver", "probe");  // changes nothing but what is looked at
  leave_out("fpga", "design");
  if (query.engine_varies) setting.erase("engine");
  for (const char* varying : {"design", "arithmetic", "measured_seconds", "measured_source", "timed"}) {
    leave_out("measure", varying);
  }
  return setting.dump();
}

bool uniform_samples(const Run& run, const std::string& kind, std::int64_t bits) {
  return run.text("/precision/samples/kind") == kind && run.integer("/precision/samples/bits") == bits &&
         run.text("/precision/samples/levels/kind") == "uniform";
}

bool model_and_gradient(const Run& run, std::string_view kind) {
  return run.text("/precision/model/kind") == kind && run.text("/precision/gradient/kind") == kind;
}

bool has_members(const Json* object, const Json& members) {
  if (!object || !object->is_object()) return false;
  for (const auto& [key, value] : members.items()) {
    const auto found = object->find(key);
    if (found == object->end() || *found != value) return false;
  }
  return true;
}

// Mean over the epochs after 0; every epoch reads the same number of rows.
double mean_share(const std::vector<TraceRow>& trace, double TraceRow::*share) {
  if (trace.size() < 2) return 0.0;
  double sum = 0.0;
  for (std::size_t i = 1; i < trace.size(); ++i) sum += trace[i].*share;
  return sum / static_cast<double>(trace.size() - 1);
}

std::size_t size_of(const Selection& selection) {
  std::size_t runs = 0;
  for (const auto& role : selection.roles) runs += role.size();
  return runs;
}

bool complete(const Selection& selection) {
  return std::none_of(selection.roles.begin(), selection.roles.end(),
                      [](const auto& role) { return role.empty(); });
}

// A sweep under way, and one of fewer seeds, must not take the place of one that gives a verdict.
bool enough_seeds(const Selection& selection) {
  return std::none_of(selection.roles.begin(), selection.roles.end(),
                      [](const auto& role) { return role.size() < kLeastSeeds; });
}

auto rank(const Selection& selection) {
  const Run& run = *selection.any();
  return std::tuple(complete(selection), run.dataset_stand_in_for.empty(), enough_seeds(selection),
                    run.passes() * static_cast<double>(run.train_rows), size_of(selection));
}

}  // namespace

double Run::final_loss() const {
  if (train_loss.empty()) return std::numeric_limits<double>::quiet_NaN();
  return diverged ? std::numeric_limits<double>::infinity() : train_loss.back();
}

double Run::final_accuracy() const { return diverged ? 0.0 : test_accuracy; }

double Run::passes() const {
  const std::int64_t iterations = integer("/solver/iterations");
  if (iterations < 0) return static_cast<double>(std::max<std::int64_t>(integer("/solver/epochs"), 1));
  return static_cast<double>(iterations * integer("/solver/batch")) / static_cast<double>(train_rows);
}

double Run::mean_loss() const {
  if (diverged || train_loss.size() < 2) return std::numeric_limits<double>::infinity();
  return std::accumulate(train_loss.begin() + 1, train_loss.end(), 0.0) /
         static_cast<double>(train_loss.size() - 1);
}

std::string Run::text(const char* pointer) const {
  const Json* found = member(config, pointer);
  return found && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t Run::integer(const char* pointer) const {
  const Json* found = member(config, pointer);
  return found && found->is_number_integer() ? found->get<std::int64_t>() : -1;
}

Run make_run(const ResultFile& result, const std::string& source) {
  Run run;
  run.config = parse_json(result.resolved_json, source + ": /config");
  const std::string measured = run.text("/measure/kind");
  const bool trained = measured.empty() || measured == kTraining;
  if (trained && result.trace.empty()) throw InputError(source + ": the trace has no epoch");
  run.id = result.run_id;
  run.config_name = result.config_name;
  run.panel = result.panel;
  run.series = result.series;
  run.zipml_version = result.zipml_version;
  run.provenance = result.provenance;
  run.seed = result.seed;
  run.diverged = result.status == RunStatus::diverged;
  run.dataset_title = result.dataset_title;
  run.dataset_stand_in_for = result.dataset_stand_in_for;
  run.train_rows = result.train_rows;
  run.test_rows = result.test_rows;
  run.features = result.features;
  run.alpha = result.alpha;
  for (const TraceRow& row : result.trace) run.train_loss.push_back(row.train_loss);
  if (trained) {
    const TraceRow& last = result.trace.back();
    run.bytes_read = last.bytes_read;
    run.values_read = last.values_read;
    run.model_bytes = last.model_bytes;
    run.gradient_bytes = last.gradient_bytes;
    run.test_accuracy = last.test_accuracy;
    run.share_refetched = mean_share(result.trace, &TraceRow::share_refetched);
    run.share_flipped = mean_share(result.trace, &TraceRow::share_flipped);
  }
  if (!result.bias_and_noise.empty()) run.bias_and_noise = result.bias_and_noise.back();
  run.exact_minimum = result.exact_minimum;
  run.gradients = result.gradients;
  run.levels_of_column = result.levels_of_column;
  if (result.image && !result.image->quality.empty()) {
    const ReconstructedImage& image = *result.image;
    run.image = {image.quality.back().psnr, image.quality.back().ssim, image.label_bytes.back()};
  }
  run.fpga = result.fpga;
  run.wall = {result.epoch_seconds, result.store_seconds, result.provenance.cpu_model,
              result.provenance.threads};
  return run;
}

RunSet load_runs(const std::vector<std::filesystem::path>& folders) {
  RunSet set;
  std::vector<FileProblem> problems;
  struct Holder {
    std::filesystem::path file, folder;
  };
  std::map<std::string, Holder> holders;  // by the run's id
  for (const std::filesystem::path& folder : folders) {
    for (const std::filesystem::path& file : find_results(folder)) {
      const ReadOutcome<ResultFile> outcome = read_result(file, ResultParts::for_reports);
      if (!outcome.value) {
        problems.push_back({file, outcome.problem});
        continue;
      }
      const auto [holder, is_new] = holders.try_emplace(outcome.value->run_id, Holder{file, folder});
      if (!is_new) {
        // Folders that are taken together may well share runs; within one, a copy is a surprise.
        if (holder->second.folder == folder)
          problems.push_back({file, copy_problem(file, holder->first, holder->second.file)});
        continue;
      }
      try {
        set.runs.push_back(make_run(*outcome.value, file.string()));
      } catch (const InputError& error) {
        problems.push_back({file, error.what()});
      }
    }
  }
  set.problems = problem_lines(problems);
  return set;
}

const Run* Selection::any() const {
  for (const auto& role : roles) {
    if (!role.empty()) return role.begin()->second;
  }
  return nullptr;
}

std::vector<std::uint64_t> Selection::common_seeds(const std::vector<std::size_t>& which) const {
  std::vector<std::uint64_t> seeds;
  for (const auto& [seed, run] : roles.at(which.at(0))) {
    const bool everywhere = std::all_of(
        which.begin(), which.end(), [&, s = seed](std::size_t role) { return roles.at(role).contains(s); });
    if (everywhere) seeds.push_back(seed);
  }
  return seeds;
}

Selection select_runs(const RunSet& set, const Query& query) {
  std::map<std::string, Selection> settings;
  for (const Run& run : set.runs) {
    if (run.config_name != query.figure || !query.dataset(run)) continue;
    for (std::size_t role = 0; role < query.roles.size(); ++role) {
      if (!query.roles[role](run)) continue;
      Selection& selection = settings[setting_key(run, query)];
      selection.roles.resize(query.roles.size());
      const Run*& chosen = selection.roles[role][run.seed];
      if (!chosen || run.id < chosen->id) chosen = &run;
    }
  }
  Selection best;
  best.roles.resize(query.roles.size());
  for (const auto& [key, selection] : settings) {
    if (!best.any() || rank(best) < rank(selection)) best = selection;
  }
  best.other_settings = settings.empty() ? 0 : settings.size() - 1;
  return best;
}

RunFilter dataset_kind(std::string kind, std::string stand_in) {
  return [=](const Run& run) {
    const std::string found = run.text("/dataset/kind");
    return found == kind || found == stand_in;
  };
}

RunFilter synthetic(std::int64_t features) {
  return [=](const Run& run) {
    return run.text("/dataset/kind") == "synthetic" && run.integer("/dataset/features") == features;
  };
}

RunFilter full_precision() {
  return [](const Run& run) {
    return run.text("/precision/samples/kind") == "full" && model_and_gradient(run, "full") &&
           run.text("/precision/labels/kind").empty();
  };
}

RunFilter quantized_samples(std::string kind, std::int64_t bits, std::string sampling) {
  return [=](const Run& run) {
    return uniform_samples(run, kind, bits) && model_and_gradient(run, "full") &&
           (sampling.empty() || run.text("/precision/samples/sampling") == sampling);
  };
}

RunFilter quantized_levels(std::string kind, std::int64_t bits, std::string levels) {
  return [=](const Run& run) {
    const std::string sampling = run.text("/precision/samples/sampling");
    const std::string scaling = run.text("/precision/samples/levels/scaling");
    return run.text("/precision/samples/kind") == kind && run.integer("/precision/samples/bits") == bits &&
           run.text("/precision/samples/levels/kind") == levels && model_and_gradient(run, "full") &&
           (sampling.empty() || sampling == "fresh") && (scaling.empty() || scaling == "column");
  };
}

RunFilter samples_with(Json members) {
  return [members = std::move(members)](const Run& run) {
    return model_and_gradient(run, "full") && has_members(member(run.config, "/precision/samples"), members);
  };
}

RunFilter probes_with(Json members) {
  return [members = std::move(members), full = full_precision()](const Run& run) {
    return full(run) && run.bias_and_noise &&
           has_members(member(run.config, "/solver/probe/estimator"), members);
  };
}

RunFilter with_model(RunFilter filter, std::string kind) {
  return [filter = std::move(filter), kind = std::move(kind)](const Run& run) {
    return run.text("/model/kind") == kind && filter(run);
  };
}

RunFilter end_to_end(std::int64_t bits) {
  return [=](const Run& run) {
    return uniform_samples(run, "double_sampling", bits) && model_and_gradient(run, "quantized") &&
           run.text("/precision/samples/sampling") == "fresh";
  };
}

RunFilter with_batch(RunFilter filter, std::int64_t batch) {
  return [filter = std::move(filter), batch](const Run& run) {
    return filter(run) && run.integer("/solver/batch") == batch;
  };
}

RunFilter on_engine(RunFilter filter, std::string design, std::string platform) {
  return [filter = std::move(filter), design = std::move(design),
          platform = std::move(platform)](const Run& run) {
    return run.fpga && run.fpga->design == design && run.fpga->platform == platform && filter(run);
  };
}

RunFilter on_engine(std::string design, std::string platform) {
  return on_engine([](const Run&) { return true; }, std::move(design), std::move(platform));
}

}  // namespace zipml
