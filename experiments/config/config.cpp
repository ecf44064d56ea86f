#include "experiments/config/config.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/core/error.h"
#include "engine/data/sha256.h"
#include "engine/gradient/quantizer_parameters.h"
#include "experiments/config/component_reader.h"
#include "experiments/config/fpga_reader.h"
#include "experiments/config/level_choice.h"
#include "experiments/config/nearest.h"
#include "experiments/config/run_reader.h"
#include "experiments/config/sweep.h"

namespace zipml {
namespace {

constexpr std::int64_t kMaxSeeds = 10000;
constexpr std::size_t kMaxNameLength = 64;
constexpr std::size_t kEnoughErrors = 100;

const std::vector<std::string>& config_members() {
  static const std::vector<std::string> members = {"$schema", "name",      "about",  "dataset", "preprocess",
                                                   "model",   "precision", "solver", "engine",  "measure",
                                                   "seeds",   "sweep",     "quick",  "figure",  "fpga"};
  return members;
}

bool is_folder_name(const std::string& name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kMaxNameLength && plain(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '_' || c == '-'; });
}

// Reads one config: first what changes the document (quick, --set), then its own members, then every
// combination of its sweep as a whole run.
class ConfigLoader {
 public:
  ConfigLoader(const std::filesystem::path& file, const ConfigOptions& options)
      : options_(options), errors_(file.string()) {
    config_.file = file;
  }

  Config load(std::string_view text) {
    document_ = parse_json(text, errors_.file());
    if (!document_.is_object()) {
      errors_.add("", "found " + brief(document_) + "; allowed: an object");
      errors_.throw_if_any();
    }
    apply_quick();
    for (const std::string& assignment : options_.assignments) apply_assignment(assignment);
    errors_.set_origins(nullptr, &origins_);
    check_members({document_, ""}, config_members(), errors_);
    read_header();
    const std::vector<std::uint64_t> seeds = read_seeds();
    expand_sweep(document_, options_.scale, errors_, [&](const Variant& variant) {
      add_variant(variant, seeds);
      return errors_.distinct() < kEnoughErrors && expanded_ <= kMaxRuns;
    });
    errors_.throw_if_any();
    finish_notes();
    return std::move(config_);
  }

 private:
  void set(const std::string& target, const Json& value, const std::string& source,
           const std::vector<std::string>& refused) {
    try {
      const std::vector<std::string> tokens = pointer_tokens(target);
      std::vector<std::string> known = config_members();
      std::erase_if(known, [&](const std::string& m) {
        return std::find(refused.begin(), refused.end(), m) != refused.end();
      });
      if (std::find(known.begin(), known.end(), tokens[0]) == known.end()) {
        errors_.add(source, "nothing can be set at " + quote_text(target) + did_you_mean(tokens[0], known) +
                                "; allowed: " + join(known) + ", and what is below them");
        return;
      }
      if (const auto problem = assign(document_, tokens, value)) errors_.add(source, *problem);
      origins_.add(target, source);
    } catch (const InputError& error) {
      errors_.add(source, error.what());
    }
  }

  void apply_quick() {
    const auto quick = document_.find("quick");
    if (quick == document_.end()) return;
    if (!quick->is_object()) {
      errors_.add("/quick", "found " + brief(*quick) + "; allowed: an object whose keys are JSON pointers");
      return;
    }
    if (options_.scale != Scale::quick) return;
    const Json entries = *quick;
    for (const auto& [target, value] : entries.items()) {
      set(target, value, child_pointer("/quick", target), {"$schema", "name", "about", "quick", "figure"});
    }
  }

  void apply_assignment(const std::string& assignment) {
    const std::size_t equals = assignment.find('=');
    const std::string target = assignment.substr(0, equals);
    if (equals == std::string::npos) {
      errors_.add("", "--set " + assignment + ": found no '='; allowed: /json/pointer=VALUE");
      return;
    }
    const std::string text = assignment.substr(equals + 1);
    Json value = text;
    try {
      value = parse_json(text, "--set " + target);
    } catch (const InputError& error) {
      // What begins like JSON was meant as JSON; anything else is text that needs no quotes on the command
      // line.
      const bool meant_as_json = !text.empty() && std::string("{[\"").find(text[0]) != std::string::npos;
      if (meant_as_json) {
        errors_.add("", error.what());
        return;
      }
    }
    set(target, value, "--set " + target, {"$schema", "quick"});
    assigned_.push_back(target);
  }

  void read_header() {
    const auto name = document_.find("name");
    if (name == document_.end() || !name->is_string() || !is_folder_name(name->get<std::string>())) {
      errors_.add("/name",
                  (name == document_.end() ? "missing" : "found " + brief(*name)) +
                      "; allowed: lower-case letters, digits, '-' and '_', beginning with a letter or digit, "
                      "at most " +
                      std::to_string(kMaxNameLength) + " characters");
    } else {
      config_.name = name->get<std::string>();
    }
    const auto about = document_.find("about");
    if (about != document_.end() && !about->is_string()) {
      errors_.add("/about", "found " + brief(*about) + "; allowed: text");
    } else if (about != document_.end()) {
      config_.about = about->get<std::string>();
    }
    if (document_.contains("$schema") && !document_["$schema"].is_string()) {
      errors_.add("/$schema", "found " + brief(document_["$schema"]) + "; allowed: text, for editors only");
    }
    read_figure();
  }

  void read_figure() {
    const auto figure = document_.find("figure");
    if (figure == document_.end()) return;
    if (!figure->is_object()) {
      errors_.add("/figure", "found " + brief(*figure) + "; allowed: an object with \"id\"");
      return;
    }
    const auto id = figure->find("id");
    if (id == figure->end() || !id->is_string() || !is_folder_name(id->get<std::string>())) {
      errors_.add("/figure/id", (id == figure->end() ? "missing" : "found " + brief(*id)) +
                                    "; allowed: a figure's name, such as \"fig4\"");
    }
    for (const auto& [key, value] : figure->items()) {
      if (value.is_string() || value.is_number() || value.is_array()) continue;
      errors_.add(child_pointer("/figure", key),
                  "found " + brief(value) + "; allowed: text, a number or a list");
    }
    config_.figure = figure->dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  std::vector<std::uint64_t> read_seeds() {
    if (options_.seeds) return first_seeds(*options_.seeds);
    const auto member = document_.find("seeds");
    if (member == document_.end()) return {1};
    if (member->is_array() && !member->empty() && member->size() <= std::size_t{kMaxSeeds}) {
      return read_seed_list(*member);
    }
    const bool count = member->is_number_unsigned() && member->get<std::uint64_t>() >= 1 &&
                       member->get<std::uint64_t>() <= std::uint64_t{kMaxSeeds};
    if (count) return first_seeds(member->get<std::int64_t>());
    errors_.add("/seeds",
                "found " + brief(*member) +
                    "; allowed: a list of distinct integers of at least 0, or an integer N in [1, " +
                    std::to_string(kMaxSeeds) + "] for the seeds 1 to N");
    return {};
  }

  std::vector<std::uint64_t> read_seed_list(const Json& list) {
    std::vector<std::uint64_t> seeds;
    std::set<std::uint64_t> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string pointer = child_pointer("/seeds", i);
      if (!list[i].is_number_unsigned()) {
        errors_.add(pointer, "found " + brief(list[i]) + "; allowed: an integer of at least 0");
      } else if (!seen.insert(list[i].get<std::uint64_t>()).second) {
        errors_.add(pointer, "the seed " + brief(list[i]) + " is there already; allowed: distinct seeds");
      } else {
        seeds.push_back(list[i].get<std::uint64_t>());
      }
    }
    return seeds;
  }

  static std::vector<std::uint64_t> first_seeds(std::int64_t count) {
    std::vector<std::uint64_t> seeds;
    for (std::int64_t seed = 1; seed <= count; ++seed) seeds.push_back(static_cast<std::uint64_t>(seed));
    return seeds;
  }

  void add_variant(const Variant& variant, const std::vector<std::uint64_t>& seeds) {
    expanded_ += seeds.size();
    if (expanded_ > kMaxRuns) {
      errors_.add("/sweep", "expands to more than " + std::to_string(kMaxRuns) + " runs; allowed: fewer");
      return;
    }
    errors_.set_origins(&variant.origins, &origins_);
    note_covered_assignments(variant);
    const std::size_t errors_before = errors_.count();
    std::optional<RunSpec> run = read_run(variant.document, config_.file.parent_path(), errors_);
    if (run) resolve_sample_levels(run->training.samples.parameters);
    if (run) check_combinations(*run, errors_);
    if (run && errors_.count() == errors_before && !run->dataset.kind.empty()) resolve(*run);
    if (run && errors_.count() == errors_before && run->fpga) check_fpga(*run);
    const bool good = run && errors_.count() == errors_before;
    const std::string excess = good ? memory_excess(*run) : "";
    errors_.set_origins(nullptr, &origins_);
    if (!good) return;
    run->config_name = config_.name;
    run->panel = variant.panel;
    run->series = variant.series;
    for (const std::uint64_t seed : seeds) add_run(*run, seed, excess);
  }

  // Complete line about a run that is too large; empty for all others.
  std::string memory_excess(const RunSpec& run) const {
    const MemoryNeed need = memory_need(run);
    if (need.total() <= options_.memory.bytes) return "";
    return errors_.line(largest_member(run, need), memory_refusal(need, options_.memory));
  }

  void add_run(const RunSpec& run, std::uint64_t seed, const std::string& excess) {
    RunSpec identified = run;
    identify(identified, seed);
    if (ids_.insert(identified.id).second) {
      if (!excess.empty()) config_.too_large.push_back({identified.id, excess});
      config_.runs.push_back(std::move(identified));
    } else {
      ++merged_;
    }
  }

  // Levels that a result file holds become part of the run, once for all the runs that name the file.
  void resolve_sample_levels(Parameters& samples) {
    if (!samples.has("levels")) return;
    const ComponentChoice& levels = samples.component("levels");
    if (!levels.parameters.has("path") || levels.parameters.has("values")) return;
    const int count = requested_levels(samples);
    const std::pair<std::string, int> key(levels.parameters.text("path"), count);
    try {
      auto known = level_files_.find(key);
      if (known == level_files_.end()) known = level_files_.emplace(key, resolve_levels(levels, count)).first;
      samples.set("levels", std::make_shared<const ComponentChoice>(known->second));
    } catch (const InputError& error) {
      errors_.add("/precision/samples/levels/path", error.what());
    }
  }

  // Files are hashed once for all the runs that read them.
  void resolve(RunSpec& run) {
    const std::string key = canonical_json(run.dataset);
    auto known = resolved_.find(key);
    if (known == resolved_.end()) {
      try {
        known = resolved_.emplace(key, resolve_dataset(run.dataset, options_.data).choice).first;
      } catch (const InputError& error) {
        errors_.add("/dataset", error.what());
        return;
      }
    }
    run.dataset = known->second;
  }

  // Each engine is tried once with each shape. What it does otherwise than the run is a note, not an error.
  void check_fpga(const RunSpec& run) {
    if (const auto shape = known_shape(run)) {
      const std::string key = to_json(*run.fpga).dump() + to_json(*shape).dump();
      const auto [known, is_new] = refusals_.try_emplace(key);
      if (is_new) known->second = refusal(*run.fpga, *shape);
      if (!known->second.empty()) errors_.add("/fpga", known->second);
    }
    for (const std::string& difference : fpga_differences(run)) {
      remarks_.insert(errors_.file() + ": /fpga: timed on " + run.fpga->design.kind + ", but " + difference);
    }
  }

  // A value set by hand that the sweep sets as well has no effect there, and the user should hear of it.
  void note_covered_assignments(const Variant& variant) {
    for (const std::string& target : assigned_) {
      const std::string source = variant.origins.trace(target);
      if (source != target) {
        remarks_.insert(errors_.file() + ": --set " + target + " is set again at " + source +
                        ", which wins there");
      }
    }
  }

  void finish_notes() {
    config_.notes.assign(remarks_.begin(), remarks_.end());
    if (merged_ > 0) {
      config_.notes.push_back(errors_.file() + ": " + std::to_string(merged_) +
                              " runs are equal to others and run only once");
    }
  }

  const ConfigOptions& options_;
  ConfigErrors errors_;
  Config config_;
  Json document_;
  Origins origins_;
  std::vector<std::string> assigned_;
  std::set<std::string> remarks_, ids_;
  std::map<std::string, ComponentChoice> resolved_;
  std::map<std::string, std::string> refusals_;  // of an engine and a shape; empty: none
  std::map<std::pair<std::string, int>, ComponentChoice> level_files_;
  std::size_t expanded_ = 0, merged_ = 0;
};

}  // namespace

Config parse_config(std::string_view text, const std::filesystem::path& file, const ConfigOptions& options) {
  return ConfigLoader(file, options).load(text);
}

Config load_config(const std::filesystem::path& file, const ConfigOptions& options) {
  return parse_config(read_text_file(file), file, options);
}

std::vector<Config> load_configs(const std::vector<std::filesystem::path>& files,
                                 const ConfigOptions& options) {
  std::vector<Config> configs;
  std::vector<std::string> problems;
  for (const std::filesystem::path& file : files) {
    try {
      Config config = load_config(file, options);
      for (const Config& other : configs) {
        if (other.name != config.name) continue;
        problems.push_back(file.string() + ": /name: " + quote_text(config.name) + " is also the name of " +
                           other.file.string() + "; allowed: a name of its own");
      }
      configs.push_back(std::move(config));
    } catch (const InputError& error) {
      problems.emplace_back(error.what());
    }
  }
  if (!problems.empty()) throw InputError(join(problems, "\n"));
  return configs;
}

RunSpec run_from_resolved_json(std::string_view text, std::string_view source) {
  const Json json = parse_json(text, std::string(source));
  ConfigErrors errors{std::string(source)};
  if (!json.is_object()) errors.add("", "found " + brief(json) + "; allowed: a resolved config");
  errors.throw_if_any();
  std::vector<std::string> known = run_members();
  known.insert(known.end(), {"config", "panel", "series", "seed"});
  check_members({json, ""}, known, errors);
  for (const char* key : {"config", "panel", "series"}) {
    if (!json.contains(key) || !json[key].is_string())
      errors.add("/" + std::string(key), "missing; allowed: text");
  }
  if (json.contains("config") && json["config"].is_string() &&
      !is_folder_name(json["config"].get<std::string>())) {
    errors.add("/config", "found " + brief(json["config"]) + "; allowed: a config's name");
  }
  if (!json.contains("seed") || !json["seed"].is_number_unsigned()) {
    errors.add("/seed", "missing; allowed: an integer of at least 0");
  }
  std::optional<RunSpec> run = read_run(json, {}, errors);
  errors.throw_if_any();
  run->config_name = json["config"].get<std::string>();
  run->panel = json["panel"].get<std::string>();
  run->series = json["series"].get<std::string>();
  identify(*run, json["seed"].get<std::uint64_t>());
  return std::move(*run);
}

std::string sha256_hex(std::string_view text) {
  Sha256 hash;
  hash.add(text.data(), text.size());
  return hash.hex();
}

std::string canonical_json(const ComponentChoice& choice) { return to_json(choice).dump(); }
std::string canonical_json(const Parameters& parameters) { return to_json(parameters).dump(); }

}  // namespace zipml
