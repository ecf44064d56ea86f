#include "engine/data/row_table.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/data/number_text.h"

namespace zipml {

void RowTable::add_row(float label) {
  if (blocks_.empty() || blocks_.back().rows == kBlockRows) {
    // Rows of one file are mostly equally wide: start with the width of the last block.
    blocks_.push_back({blocks_.empty() ? 0 : blocks_.back().width, 0, {}});
    constexpr std::size_t kLargestReserve = std::size_t{1} << 24;
    blocks_.back().values.reserve(std::min(kBlockRows * blocks_.back().width, kLargestReserve));
  }
  Block& block = blocks_.back();
  ++block.rows;
  held_ += block.width;
  require(held_);
  block.values.resize(block.rows * block.width, 0.0f);
  labels_.push_back(label);
}

void RowTable::require(std::uint64_t values) const {
  if (values <= memory_ / sizeof(float)) return;
  throw InputError(source_ + ": its rows need at least " + std::to_string(values * sizeof(float)) +
                   " bytes of memory as dense rows of float32; available are " + std::to_string(memory_));
}

void RowTable::widen(std::size_t width) {
  Block& block = blocks_.back();
  // Doubling: a first row that is read value by value must not move the block at every value.
  const std::size_t wider = std::max(width, std::min(2 * block.width, kMaxFeatures));
  held_ += block.rows * (wider - block.width);
  require(held_);
  std::vector<float> moved(block.rows * wider, 0.0f);
  for (std::size_t r = 0; r < block.rows; ++r) {
    std::copy_n(block.values.data() + r * block.width, block.width, moved.data() + r * wider);
  }
  block.values = std::move(moved);
  block.width = wider;
}

Split RowTable::split(std::size_t first, std::size_t count, std::size_t features) const {
  require(held_ + std::uint64_t{count} * round_up(features, kRowAlignment));
  Split result{Matrix(count, features),
               {labels_.begin() + static_cast<std::ptrdiff_t>(first),
                labels_.begin() + static_cast<std::ptrdiff_t>(first + count)}};
  for (std::size_t r = 0; r < count; ++r) {
    const Block& block = blocks_[(first + r) / kBlockRows];
    const std::size_t copied = std::min(block.width, features);
    std::copy_n(block.values.data() + (first + r) % kBlockRows * block.width, copied,
                result.features.row(r).data());
  }
  return result;
}

void LabelClasses::add(float label, const std::string& place) {
  if (seen_.size() == 2) {
    throw InputError(place + ": label " + number_text(label) + " is a third class beside " +
                     number_text(seen_[0]) + " and " + number_text(seen_[1]) +
                     "; classification needs exactly two");
  }
  seen_.push_back(label);
}

void LabelClasses::apply(std::span<float> labels, const std::string& name) const {
  const auto is_sign = [](float label) { return label == -1.0f || label == 1.0f; };
  if (task_ == Task::regression || std::all_of(seen_.begin(), seen_.end(), is_sign)) return;
  if (seen_.size() != 2) {
    throw InputError(name + ": every label is " + number_text(seen_[0]) +
                     "; classification needs two distinct labels (or -1 and +1)");
  }
  const float high = std::max(seen_[0], seen_[1]);
  for (float& label : labels) label = label == high ? 1.0f : -1.0f;
}

}  // namespace zipml
