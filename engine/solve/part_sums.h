#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/parallel.h"

namespace zipml {

/// Vectors that a team's threads fill, part by part, and their sum by a fixed binary tree over the parts:
/// node (i, 2^k) adds those of parts [i, i + 2^k). So the sum's bits do not depend on who filled what, and a
/// thread with neighbouring parts leaves little more than one vector for the others to read.
class PartSums {
 public:
  /// Room for `parts` vectors of n floats, a multiple of 16.
  void fit(std::size_t parts, std::size_t n);

  /// Vector of part i, 64-byte aligned. Its thread fills it before fold().
  float* part(std::size_t i) { return parts_[i].data(); }

  /// Adds up what parts [first, last) of `count` allow, in place. Each thread calls it for its own parts,
  /// team.part (index, count), before the team meets.
  void fold(std::size_t count, std::size_t first, std::size_t last);

  /// Once the team has met: one or two vectors whose sum, the first plus the second, is that of all parts.
  /// Any thread may ask, each with its own scratch.
  using Scratch = std::vector<AlignedVector<float>>;
  struct Root {
    std::array<const float*, 2> summands{};
    std::size_t count = 0;
  };
  Root root(const Team& team, std::size_t count, Scratch& scratch) const;

 private:
  void fold_node(std::size_t start, std::size_t size, std::size_t count, std::size_t first, std::size_t last);
  const float* node(const Team& team, std::size_t start, std::size_t size, std::size_t count,
                    std::size_t slot, Scratch& scratch) const;

  std::size_t n_ = 0;
  std::vector<AlignedVector<float>> parts_;
};

}  // namespace zipml
