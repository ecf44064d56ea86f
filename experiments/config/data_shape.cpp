#include "experiments/config/data_shape.h"

#include <algorithm>

#include "engine/data/known_sets.h"

namespace zipml {
namespace {

// Of a kind with a fixed split, where 0 rows stand for all of them.
std::size_t limited(const Parameters& data, const char* key, std::size_t all) {
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(data.integer(key), 0));
  return limit > 0 ? std::min(all, limit) : all;
}

}  // namespace

std::optional<DataShape> known_data_shape(const RunSpec& run) {
  const Parameters& data = run.dataset.parameters;
  if (run.dataset.kind.empty() || data.has("path")) return {};
  if (data.has("features") && data.has("train_rows")) {
    const auto size = [&](const char* key) { return static_cast<std::size_t>(data.integer(key)); };
    return DataShape{size("train_rows"), size("test_rows"), size("features")};
  }
  const auto known = std::find_if(known_sets().begin(), known_sets().end(), [&](const KnownSet& set) {
    return set.kind == run.dataset.kind || set.stand_in == run.dataset.kind;
  });
  if (known == known_sets().end()) return {};
  return DataShape{limited(data, "train_rows", known->train_rows),
                   limited(data, "test_rows", known->test_rows), known->features};
}

}  // namespace zipml
