#include "experiments/run/memory_plan.h"

#include <algorithm>
#include <map>

#include "experiments/config/config.h"

namespace zipml {
namespace {

// A data set: how large it is, and the runs that use it, by their place in the order.
struct HeldData {
  std::uint64_t loading = 0, bytes = 0;
  std::size_t first = 0, last = 0;
};

struct Needs {
  std::vector<std::uint64_t> own;  ///< of every run
  std::vector<HeldData> data;
};

Needs collect(const std::vector<PlannedRun>& plan, bool force) {
  Needs needs;
  std::map<std::string, std::size_t> known;
  for (const PlannedRun& run : plan) {
    if (run.state == RunState::finished && !force) continue;
    const MemoryNeed need = memory_need(run.spec);
    const std::size_t index = needs.own.size();
    needs.own.push_back(need.own());
    const std::string key = canonical_json(run.spec.dataset) + canonical_json(run.spec.preprocess);
    const auto [data, is_new] = known.try_emplace(key, needs.data.size());
    if (is_new) needs.data.push_back({need.loading, need.data, index, index});
    needs.data[data->second].last = index;
  }
  return needs;
}

std::uint64_t most_memory(const Needs& needs, int jobs) {
  const auto side_by_side = std::max<std::size_t>(1, static_cast<std::size_t>(jobs));
  std::uint64_t most = 0;
  for (std::size_t first = 0; first < needs.own.size(); ++first) {
    const std::size_t end = std::min(needs.own.size(), first + side_by_side);
    std::uint64_t held = 0, own = 0, while_loading = 0;
    for (const HeldData& data : needs.data) {
      if (data.first < end && data.last >= first) held += data.bytes;
    }
    for (std::size_t i = first; i < end; ++i) own += needs.own[i];
    // The runs that wait for data to be loaded have nothing of their own yet.
    for (const HeldData& data : needs.data) {
      const bool begins_here = first == 0 ? data.first < end : data.first + 1 == end;
      if (!begins_here) continue;
      std::uint64_t before = 0;
      for (std::size_t i = first; i < data.first; ++i) before += needs.own[i];
      while_loading = std::max(while_loading, before + data.loading - std::min(data.loading, data.bytes));
    }
    most = std::max({most, held + own, held + while_loading});
    if (end == needs.own.size()) break;
  }
  return most;
}

}  // namespace

std::uint64_t most_memory(const std::vector<PlannedRun>& plan, bool force, int jobs) {
  return most_memory(collect(plan, force), jobs);
}

int jobs_within(const std::vector<PlannedRun>& plan, bool force, int jobs, std::uint64_t bytes) {
  const Needs needs = collect(plan, force);
  int fitting = 0, too_many = jobs + 1;
  while (too_many - fitting > 1) {
    const int middle = fitting + (too_many - fitting + 1) / 2;
    const int tried = std::min(middle, too_many - 1);
    (most_memory(needs, tried) <= bytes ? fitting : too_many) = tried;
  }
  return fitting;
}

}  // namespace zipml
