#include "experiments/results/fpga_group.h"

#include <algorithm>
#include <numeric>

#include "engine/core/error.h"
#include "fpga_model/cycle_report.h"

namespace zipml {
namespace {

std::string below(const std::string& name) { return std::string(kFpgaGroup) + "/" + name; }

struct TextMember {
  const char* name;
  std::string FpgaTimes::*member;
};
constexpr TextMember kTexts[] = {{"design", &FpgaTimes::design},
                                 {"design_choice", &FpgaTimes::design_choice},
                                 {"platform", &FpgaTimes::platform},
                                 {"platform_values", &FpgaTimes::platform_values},
                                 {"binds", &FpgaTimes::binds}};

struct CountMember {
  const char* name;
  std::int64_t FpgaTimes::*member;
};
constexpr CountMember kCounts[] = {{"bits", &FpgaTimes::bits},
                                   {"features", &FpgaTimes::features},
                                   {"rows", &FpgaTimes::rows},
                                   {"batch", &FpgaTimes::batch},
                                   {"cycles_total", &FpgaTimes::cycles_total},
                                   {"cycles_from_first_request", &FpgaTimes::cycles_from_first_request},
                                   {"cycles_busy", &FpgaTimes::cycles_busy},
                                   {"bytes_read", &FpgaTimes::bytes_read},
                                   {"bytes_written", &FpgaTimes::bytes_written}};

struct ListMember {
  const char* name;
  std::vector<std::string> FpgaTimes::*member;
};
constexpr ListMember kLists[] = {{"unconfirmed", &FpgaTimes::unconfirmed},
                                 {"differences", &FpgaTimes::differences}};

void write_stages(Hdf5Writer& file, const std::string& group, const std::vector<FpgaStage>& stages) {
  std::vector<std::string> names;
  std::vector<std::int64_t> latencies, widths;
  for (const FpgaStage& stage : stages) {
    names.push_back(stage.name);
    latencies.push_back(stage.latency);
    widths.push_back(stage.width_bits);
  }
  file.group(group);
  file.texts(group + "/name", names);
  file.array(group + "/latency", latencies);
  file.array(group + "/width_bits", widths);
}

std::vector<FpgaStage> read_stages(const Hdf5Reader& file, const std::string& group) {
  const auto names = file.texts(group + "/name");
  const auto latencies = file.read<std::int64_t>(group + "/latency");
  const auto widths = file.read<std::int64_t>(group + "/width_bits");
  if (latencies.size() != names.size() || widths.size() != names.size()) {
    throw InputError(file.path().string() + ": the columns of " + group + " differ in length");
  }
  std::vector<FpgaStage> stages;
  for (std::size_t i = 0; i < names.size(); ++i) stages.push_back({names[i], latencies[i], widths[i]});
  return stages;
}

}  // namespace

std::int64_t FpgaTimes::cycles_after(std::size_t epochs) const {
  const auto count = static_cast<std::ptrdiff_t>(std::min(epochs, cycles_per_epoch.size()));
  return std::accumulate(cycles_per_epoch.begin(), cycles_per_epoch.begin() + count, std::int64_t{0});
}

double FpgaTimes::seconds_after(std::size_t epochs) const {
  return static_cast<double>(cycles_after(epochs)) / clock_hz;
}

// Every epoch reads the same lines.
std::int64_t FpgaTimes::bytes_after(std::size_t epochs) const {
  const auto all = static_cast<std::int64_t>(cycles_per_epoch.size());
  return bytes_read / all * static_cast<std::int64_t>(std::min(epochs, cycles_per_epoch.size()));
}

double FpgaTimes::seconds_per_epoch() const {
  return seconds_after(cycles_per_epoch.size()) / static_cast<double>(cycles_per_epoch.size());
}

void write_group(Hdf5Writer& file, const FpgaTimes& times) {
  file.group(kFpgaGroup);
  for (const TextMember& text : kTexts)
    file.attribute(kFpgaGroup, text.name, std::string_view(times.*text.member));
  for (const CountMember& count : kCounts) file.attribute(kFpgaGroup, count.name, times.*count.member);
  file.attribute(kFpgaGroup, "clock_hz", times.clock_hz);
  file.attribute(kFpgaGroup, "seconds", times.seconds_after(times.cycles_per_epoch.size()));
  std::vector<double> seconds;
  for (const std::int64_t cycles : times.cycles_per_epoch) {
    seconds.push_back(static_cast<double>(cycles) / times.clock_hz);
  }
  file.array(below("cycles_per_epoch"), times.cycles_per_epoch);
  file.array(below("seconds_per_epoch"), seconds);
  for (const ListMember& list : kLists) file.texts(below(list.name), times.*list.member);
  file.group(below("stalls"));
  for (const auto& [cause, cycles] : times.stalls) file.attribute(below("stalls"), cause, cycles);
  write_stages(file, below("pipeline"), times.pipeline);
  write_stages(file, below("stages"), times.stages);
  file.array(below("stages/utilisation"), times.utilisation);
}

FpgaTimes read_fpga_times(const Hdf5Reader& file) {
  FpgaTimes times;
  for (const TextMember& text : kTexts) times.*text.member = file.attribute_text(kFpgaGroup, text.name);
  for (const CountMember& count : kCounts)
    times.*count.member = file.attribute_integer(kFpgaGroup, count.name);
  times.clock_hz = file.attribute_number(kFpgaGroup, "clock_hz");
  times.cycles_per_epoch = file.read<std::int64_t>(below("cycles_per_epoch"));
  if (times.cycles_per_epoch.empty()) throw InputError(file.path().string() + ": /fpga has no epoch");
  for (const ListMember& list : kLists) times.*list.member = file.texts(below(list.name));
  for (std::size_t i = 0; i < fpga::kStallCount; ++i) {
    const std::string cause = fpga::stall_name(static_cast<fpga::Stall>(i));
    if (!file.has_attribute(below("stalls"), cause)) continue;
    times.stalls.emplace_back(cause, file.attribute_integer(below("stalls"), cause));
  }
  times.pipeline = read_stages(file, below("pipeline"));
  times.stages = read_stages(file, below("stages"));
  times.utilisation = file.read<double>(below("stages/utilisation"));
  if (times.utilisation.size() != times.stages.size()) {
    throw InputError(file.path().string() + ": the columns of /fpga/stages differ in length");
  }
  return times;
}

}  // namespace zipml
