#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"
#include "experiments/compare/measure.h"

namespace zipml {
namespace {

constexpr std::size_t kBlock = 1024;

void add_error(float value, const LevelSet& levels, Rounding rounding, RoundingError& sum) {
  const std::span<const float> grid = levels.values();
  if (rounding == Rounding::nearest) {
    const double error = static_cast<double>(value) - static_cast<double>(grid[levels.nearest(value)]);
    sum.squared += error * error;
    sum.largest = std::max(sum.largest, std::fabs(error));
    return;
  }
  const LevelSet::Bracket in = levels.bracket(value);
  const double low = grid[in.lower], high = grid[in.lower + 1];
  const double clamped = std::clamp(static_cast<double>(value), low, high);
  const double outside = static_cast<double>(value) - clamped;
  sum.squared += (high - clamped) * (clamped - low) + outside * outside;
  if (in.upper_share < 1.0f) sum.largest = std::max(sum.largest, std::fabs(value - low));
  if (in.upper_share > 0.0f) sum.largest = std::max(sum.largest, std::fabs(value - high));
}

/// Intervals of up to kBlock values, by the kernel where it applies.
class BlockBracket {
 public:
  explicit BlockBracket(const LevelSet& levels) : levels_(levels) {
    low_.fill(levels.low());
    inverse_step_.fill(levels.inverse_step());
  }

  void stochastic(std::span<const float> values, std::uint64_t first, const DrawAddress& address,
                  std::uint16_t* codes) {
    if (levels_.is_uniform()) {
      kernels::bracket_uniform(values.data(), low_.data(), inverse_step_.data(), intervals(), values.size(),
                               codes, share_.data());
    } else {
      for (std::size_t i = 0; i < values.size(); ++i) {
        const LevelSet::Bracket in = levels_.bracket(values[i]);
        codes[i] = static_cast<std::uint16_t>(in.lower);
        share_[i] = in.upper_share;
      }
    }
    kernels::random_bits(address, 0, first, words_.data(), values.size());
    kernels::choose(words_.data(), share_.data(), values.size(), choices_.data());
    for (std::size_t i = 0; i < values.size(); ++i) {
      codes[i] = static_cast<std::uint16_t>(codes[i] + (choices_[i / 8] >> (i % 8) & 1));
    }
  }

  void nearest(std::span<const float> values, std::uint16_t* codes) {
    if (levels_.is_uniform()) {
      kernels::nearest_uniform(values.data(), low_.data(), inverse_step_.data(), intervals(), values.size(),
                               codes);
      return;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      codes[i] = static_cast<std::uint16_t>(levels_.nearest(values[i]));
    }
  }

 private:
  std::uint32_t intervals() const { return static_cast<std::uint32_t>(levels_.size()) - 1; }

  const LevelSet& levels_;
  std::array<float, kBlock> low_, inverse_step_, share_;
  std::array<std::uint32_t, kBlock> words_;
  std::array<std::uint8_t, kBlock / 8> choices_;
};

}  // namespace

RoundingError rounding_error(std::span<const float> values, const LevelSet& levels, Rounding rounding) {
  RoundingError total;
  std::vector<double> parts;
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    RoundingError part;
    for (const float value : values.subspan(first, std::min(kBlock, values.size() - first))) {
      add_error(value, levels, rounding, part);
    }
    parts.push_back(part.squared);
    total.largest = std::max(total.largest, part.largest);
  }
  total.squared = tree_sum(parts);
  return total;
}

void quantize_values(std::span<const float> values, const LevelSet& levels, Rounding rounding,
                     const DrawAddress& address, std::vector<std::uint16_t>& codes) {
  codes.resize(values.size());
  BlockBracket block(levels);
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    const auto part = values.subspan(first, std::min(kBlock, values.size() - first));
    if (rounding == Rounding::nearest) {
      block.nearest(part, codes.data() + first);
    } else {
      block.stochastic(part, first, address, codes.data() + first);
    }
  }
}

}  // namespace zipml
