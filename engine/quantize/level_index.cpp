#include "engine/quantize/level_index.h"

#include <cmath>

namespace zipml {
namespace {

constexpr int kFewLevels = 8;  // a search of them is as quick
constexpr std::size_t kBucketsPerLevel = 4;

}  // namespace

LevelIndex::LevelIndex(const LevelSet& levels) : levels_(levels) {
  if (levels.is_uniform() || levels.size() <= kFewLevels) return;
  const auto buckets = kBucketsPerLevel * static_cast<std::size_t>(levels.size());
  const float per_value = static_cast<float>(buckets) / (levels.high() - levels.low());
  if (!(per_value > 0.0f) || !std::isfinite(per_value)) return;
  buckets_per_value_ = per_value;
  first_.resize(buckets);
  // The outer levels are not searched: what lies beyond them belongs to the outer intervals.
  const auto end = static_cast<std::uint32_t>(levels.size() - 1);
  std::uint32_t level = 1;
  for (std::size_t b = 0; b < buckets; ++b) {
    while (level < end && bucket(levels.values()[level]) < b) ++level;
    first_[b] = level;
  }
}

std::uint32_t LevelIndex::lower(float value) const {
  const auto values = levels_.values();
  const auto end = static_cast<std::uint32_t>(values.size() - 1);
  std::uint32_t above = first_[bucket(value)];
  while (above < end && values[above] <= value) ++above;
  return above - 1;
}

std::uint32_t LevelIndex::nearest(float value) const {
  if (first_.empty()) return levels_.nearest(value);
  const LevelSet::Bracket in = bracket(value);
  return in.lower + (in.upper_share >= 0.5f ? 1u : 0u);
}

}  // namespace zipml
