#include "engine/solve/part_sums.h"

#include <algorithm>
#include <bit>

#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

// Whether one thread has filled all parts of a node, and has therefore folded them.
bool is_folded(const Team& team, std::size_t start, std::size_t end, std::size_t count) {
  for (int index = 0; index < team.size(); ++index) {
    const auto [first, last] = team.part(index, count);
    if (first <= start && end <= last) return true;
  }
  return false;
}

}  // namespace

void PartSums::fit(std::size_t parts, std::size_t n) {
  n_ = n;
  if (parts_.size() < parts) parts_.resize(parts);
  for (AlignedVector<float>& vector : parts_) vector.resize(n);
}

void PartSums::fold(std::size_t count, std::size_t first, std::size_t last) {
  if (first < last) fold_node(0, std::bit_ceil(count), count, first, last);
}

void PartSums::fold_node(std::size_t start, std::size_t size, std::size_t count, std::size_t first,
                         std::size_t last) {
  const std::size_t end = std::min(start + size, count), middle = start + size / 2;
  if (size == 1 || start >= last || end <= first) return;
  fold_node(start, size / 2, count, first, last);
  if (middle >= count) return;
  fold_node(middle, size / 2, count, first, last);
  if (first <= start && end <= last) kernels::axpy(1.0f, parts_[middle].data(), parts_[start].data(), n_);
}

PartSums::Root PartSums::root(const Team& team, std::size_t count, Scratch& scratch) const {
  const std::size_t size = std::bit_ceil(count);
  if (is_folded(team, 0, count, count)) return {{parts_[0].data()}, 1};
  return {{node(team, 0, size / 2, count, 0, scratch), node(team, size / 2, size / 2, count, 1, scratch)}, 2};
}

const float* PartSums::node(const Team& team, std::size_t start, std::size_t size, std::size_t count,
                            std::size_t slot, Scratch& scratch) const {
  const std::size_t end = std::min(start + size, count), middle = start + size / 2;
  if (size == 1 || is_folded(team, start, end, count)) return parts_[start].data();
  const float* left = node(team, start, size / 2, count, 2 * slot + 2, scratch);
  if (middle >= count) return left;
  const float* right = node(team, middle, size / 2, count, 2 * slot + 3, scratch);
  if (scratch.size() <= slot) scratch.resize(slot + 1);
  AlignedVector<float>& sum = scratch[slot];
  sum.assign(left, left + n_);
  kernels::axpy(1.0f, right, sum.data(), n_);
  return sum.data();
}

}  // namespace zipml
