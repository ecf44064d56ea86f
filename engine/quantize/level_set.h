#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace zipml {

/// Largest number of levels: codes are at most 16 bits.
inline constexpr int kMaxLevels = 1 << 16;

/// Sorted levels of one column, row or tensor. Invariant, checked where it is made: 2 to kMaxLevels finite
/// values, ascending (equal neighbours are allowed: a constant column has only one distinct level).
class LevelSet {
 public:
  /// Any ascending values. Throws std::invalid_argument if the invariant does not hold.
  explicit LevelSet(std::vector<float> values);

  /// `count` equidistant levels from low to high: values[i] = low + step * i in float arithmetic, which is
  /// what the packed decoder computes.
  static LevelSet uniform(float low, float high, int count);

  std::span<const float> values() const { return values_; }
  int size() const { return static_cast<int>(values_.size()); }
  float low() const { return values_.front(); }
  float high() const { return values_.back(); }
  bool is_uniform() const { return uniform_; }
  float step() const { return step_; }  ///< of uniform levels; 0 otherwise, and for a constant column
  float inverse_step() const { return inverse_step_; }  ///< likewise

  /// Interval of a value: levels `lower` and `lower + 1` bracket it, `upper_share` in [0, 1] is the
  /// probability of the upper one that makes stochastic rounding unbiased (section 2). Values outside the
  /// levels are clamped.
  struct Bracket {
    std::uint32_t lower;
    float upper_share;
  };
  Bracket bracket(float value) const;

  /// The bracket of a value that lies between levels `lower` and `lower + 1`, of levels that are not uniform.
  Bracket bracket_at(std::uint32_t lower, float value) const;

  /// Index of the level nearest to value; a tie goes to the upper level.
  std::uint32_t nearest(float value) const;

  /// Variance of stochastic rounding at value: (hi - v)(v - lo) over its interval (equation 8's err).
  double variance(float value) const;

 private:
  LevelSet() = default;
  std::vector<float> values_;
  bool uniform_ = false;
  float step_ = 0.0f, inverse_step_ = 0.0f;
};

}  // namespace zipml
