#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/quantize/weighted_points.h"

namespace zipml {

/// Values moved to ascending candidates that cover them. A value between two of them gives them the
/// probabilities of stochastic rounding, so that weight and mean are kept; or, with a seed, all of itself to
/// one of them, drawn with these probabilities. (b - x)(x - a) is concave with second derivative -2, hence
/// for levels among the candidates the variance over the result is that over the values less a constant (in
/// the mean over the draws), and the best levels of the result are the best of all levels among the
/// candidates.
///
/// Shares are summed as multiples of 2^-30 in integers: sums do not depend on the order of the values, so
/// that a histogram of parts, merged or added one after the other, is that of the whole, bit for bit. For up
/// to 2^34 values.
class CandidateHistogram {
 public:
  /// Any ascending candidates, at least one. `seed`: of the draws; nothing for no draws.
  explicit CandidateHistogram(std::vector<float> candidates, std::optional<std::uint64_t> seed = {});

  /// `bins` + 1 equidistant candidates from low to high, fewer where float32 has no more between them.
  static CandidateHistogram on_grid(float low, float high, int bins, std::optional<std::uint64_t> seed = {});

  /// Values between the first and the last candidate. `first_element`: how many values were before them,
  /// which is part of the draws' address.
  void add(std::span<const float> values, std::uint64_t first_element);

  /// Adds what another histogram with the same candidates holds.
  void merge(const CandidateHistogram& other);

  /// The candidates with their weights.
  WeightedPoints points() const;

 private:
  static constexpr int kShareBits = 30;
  static constexpr std::uint64_t kShareMask = (std::uint64_t{1} << kShareBits) - 1;
  // Neighbouring values often share a bin; tables of their own keep them from waiting for each other.
  static constexpr std::size_t kTables = 4;

  // How many values lie between a candidate and the next, and the sum of their distances from it in bin
  // widths.
  struct Bin {
    std::uint64_t count = 0, shares = 0;
  };

  // Bin and share of a value, as one number of kShareBits fractional bits.
  std::uint64_t place(float value) const;
  template <class Place>
  void add_shares(std::span<const float> values, const Place& place);
  template <class Place>
  void add_drawn(std::span<const float> values, std::uint64_t first_element, const Place& place);
  template <class Place>
  void add_at(std::span<const float> values, std::uint64_t first_element, const Place& place);

  std::vector<float> candidates_;
  std::optional<std::uint64_t> seed_;
  double low_ = 0.0, units_per_value_ = 0.0;  // of a grid; 0 otherwise
  std::array<std::vector<Bin>, kTables> tables_;
};

}  // namespace zipml
