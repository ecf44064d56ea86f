#include "experiments/report/data_rows.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Definition {
  Quantity quantity;
  std::function<double(const Run&)> value;  ///< NaN where the run has none
};

double bytes_or_none(std::uint64_t bytes) { return bytes == 0 ? kNan : static_cast<double>(bytes); }

double error_at(const Run& run, std::string_view model) {
  if (!run.gradients) return kNan;
  const auto& models = run.gradients->models;
  const auto found = std::find(models.begin(), models.end(), model);
  return found == models.end()
             ? kNan
             : run.gradients->errors[static_cast<std::size_t>(found - models.begin())].mean_squared;
}

std::size_t epochs_of(const FpgaTimes& times) { return times.cycles_per_epoch.size(); }

const std::vector<Definition>& definitions() {
  static const std::vector<Definition> all = {
      {{"final training loss", ""}, [](const Run& run) { return run.final_loss(); }},
      {{"test accuracy", "%"},
       [](const Run& run) { return run.train_loss.empty() ? kNan : 100.0 * run.test_accuracy; }},
      {{"PSNR", "dB"}, [](const Run& run) { return run.image ? run.image->psnr : kNan; }},
      {{"SSIM", ""}, [](const Run& run) { return run.image ? run.image->ssim : kNan; }},
      {{"rows read again", "%"},
       [](const Run& run) { return run.share_refetched > 0.0 ? 100.0 * run.share_refetched : kNan; }},
      {{"mean variance of the levels", ""},
       [](const Run& run) {
         return run.levels_of_column ? run.levels_of_column->histogram.mean_variance : kNan;
       }},
      {{"gradient error at 0", ""}, [](const Run& run) { return error_at(run, "zero"); }},
      {{"gradient error at the minimum", ""}, [](const Run& run) { return error_at(run, "optimum"); }},
      {{"bias of the gradient", ""},
       [](const Run& run) { return run.bias_and_noise ? run.bias_and_noise->bias : kNan; }},
      {{"noise of the gradient", ""},
       [](const Run& run) { return run.bias_and_noise ? run.bias_and_noise->noise : kNan; }},
      {{"step size", ""}, [](const Run& run) { return run.train_loss.empty() ? kNan : run.alpha; }},
      {{"bits a value", "bits"},
       [](const Run& run) {
         return run.values_read == 0
                    ? kNan
                    : 8.0 * static_cast<double>(run.bytes_read) / static_cast<double>(run.values_read);
       }},
      {{"sample bytes", "B"}, [](const Run& run) { return bytes_or_none(run.bytes_read); }},
      {{"model and gradient bytes", "B"}, [](const Run& run) { return bytes_or_none(run.channel_bytes()); }},
      {{"sinogram bytes", "B"},
       [](const Run& run) { return run.image ? bytes_or_none(run.image->label_bytes) : kNan; }},
      {{"FPGA time", "s"},
       [](const Run& run) { return run.fpga ? run.fpga->seconds_after(epochs_of(*run.fpga)) : kNan; }},
      {{"FPGA bytes", "B"},
       [](const Run& run) {
         return run.fpga ? static_cast<double>(run.fpga->bytes_after(epochs_of(*run.fpga))) : kNan;
       }},
  };
  return all;
}

using Group = std::vector<const Run*>;  // by seed

// The config without what names a run.
Json setting_of(const Run& run) {
  Json config = run.config;
  for (const char* name : {"config", "panel", "series", "seed"}) config.erase(name);
  return config;
}

std::string setting_key(const Run& run) {
  return Json::array({run.panel, run.series, run.dataset_title, setting_of(run)})
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

// "/precision/samples/bits" -> "samples.bits"
std::string short_name(const std::string& pointer) {
  const std::string precision = "/precision/";
  std::string name = pointer.starts_with(precision) ? pointer.substr(precision.size()) : pointer.substr(1);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

// Pointers whose value is not the same in all groups.
std::vector<std::string> varying_pointers(const std::vector<Json>& configs) {
  std::map<std::string, std::pair<Json, std::size_t>> seen;  // first value, how many share it
  for (const Json& config : configs) {
    for (const auto& [pointer, value] : config.items()) {
      auto& entry = seen.try_emplace(pointer, value, 0).first->second;
      if (entry.first == value) ++entry.second;
    }
  }
  std::vector<std::string> varying;
  for (const auto& [pointer, entry] : seen) {
    if (entry.second != configs.size()) varying.push_back(pointer);
  }
  return varying;
}

// Those of them that readers need: with several values, as what is merely absent elsewhere comes with a
// `kind`, and not said by the data set's title already.
std::vector<std::string> telling_pointers(const std::vector<Json>& configs,
                                          const std::vector<std::string>& varying) {
  std::vector<std::string> telling;
  for (const std::string& pointer : varying) {
    if (pointer == "/dataset/kind" || pointer == "/dataset/features") continue;
    std::set<Json> values;
    for (const Json& config : configs) {
      if (config.contains(pointer)) values.insert(config[pointer]);
    }
    if (values.size() > 1) telling.push_back(pointer);
  }
  return telling;
}

std::string setting_text(const Json& config, const std::vector<std::string>& telling) {
  std::string text;
  for (const std::string& pointer : telling) {
    if (!config.contains(pointer)) continue;
    const Json& value = config[pointer];
    text += (text.empty() ? "" : ", ") + short_name(pointer) + " " +
            (value.is_string() ? value.get<std::string>()
                               : value.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return text;
}

DataRow make_row(const Group& group, std::string setting) {
  DataRow row;
  const Run& first = *group.front();
  row.panel = first.panel;
  row.series = first.series;
  row.setting = std::move(setting);
  row.dataset = first.dataset_title;
  for (const Run* run : group) {
    row.seeds.push_back(run->seed);
    row.runs.push_back(run->id);
    row.diverged += run->diverged ? 1 : 0;
    row.bytes_moved += bytes_moved(*run);
  }
  for (const Definition& definition : definitions()) {
    std::vector<double> values;
    for (const Run* run : group) values.push_back(definition.value(*run));
    row.values.push_back(median_interval(values));
  }
  return row;
}

// Takes out the quantities that no row has.
void drop_empty_quantities(FigureReport& figure) {
  for (std::size_t q = figure.quantities.size(); q-- > 0;) {
    const bool used = std::any_of(figure.rows.begin(), figure.rows.end(),
                                  [q](const DataRow& row) { return !std::isnan(row.values[q].value); });
    if (used) continue;
    const auto at = static_cast<std::ptrdiff_t>(q);
    figure.quantities.erase(figure.quantities.begin() + at);
    for (DataRow& row : figure.rows) row.values.erase(row.values.begin() + at);
  }
}

}  // namespace

void add_data_rows(FigureReport& figure, const std::vector<const Run*>& runs) {
  std::map<std::string, Group> by_key;
  for (const Run* run : runs) by_key[setting_key(*run)].push_back(run);
  std::vector<Group> groups;
  std::vector<Json> configs;
  for (auto& [key, group] : by_key) {
    std::sort(group.begin(), group.end(),
              [](const Run* a, const Run* b) { return std::tie(a->seed, a->id) < std::tie(b->seed, b->id); });
    configs.push_back(setting_of(*group.front()).flatten());  // pointers and values
    groups.push_back(std::move(group));
  }
  const std::vector<std::string> varying = varying_pointers(configs);
  const std::vector<std::string> telling = telling_pointers(configs, varying);
  Json common = configs.front();
  for (const std::string& pointer : varying) common.erase(pointer);
  figure.common = common.unflatten();
  for (const Definition& definition : definitions()) figure.quantities.push_back(definition.quantity);
  std::vector<std::pair<Json, std::size_t>> order;  // numbers sort as numbers
  for (std::size_t i = 0; i < groups.size(); ++i) {
    Json key = Json::array({groups[i].front()->panel, groups[i].front()->series});
    for (const std::string& pointer : varying) key.push_back(configs[i].value(pointer, Json()));
    order.emplace_back(std::move(key), i);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [key, i] : order) {
    figure.rows.push_back(make_row(groups[i], setting_text(configs[i], telling)));
    figure.bytes_moved += figure.rows.back().bytes_moved;
  }
  drop_empty_quantities(figure);
}

}  // namespace zipml
