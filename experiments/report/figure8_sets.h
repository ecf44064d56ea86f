#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "experiments/report/run_set.h"

namespace zipml {

/// A panel of figure 8, and of figure 10, which has the same sets.
struct Figure8Set {
  std::string letter, title;
  RunFilter filter;
  int paper_bits;           ///< of the low-precision curve that the paper draws
  int figure10_bits;        ///< of both curves of figure 10
  double expected_minimum;  ///< of the real set at full size; NaN where it is not known
  double tolerance;         ///< percent by which a right minimum may differ from it
};

/// Largest precision of the sweep, bits.
inline constexpr int kMostBits = 8;

/// The first of figure8_sets() are the synthetic ones, by growing number of features.
inline constexpr std::size_t kSyntheticSets = 3;

inline std::vector<Figure8Set> figure8_sets() {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  // Half the mean square of unit label noise has a relative standard deviation of sqrt(2 / K), 1.41% for the
  // 10,000 rows of the synthetic sets: three of them.
  constexpr double kGenerated = 4.24, kReal = 1.0;
  return {
      {"a", "Synthetic 10", synthetic(10), 3, 2, 0.50, kGenerated},
      {"b", "Synthetic 100", synthetic(100), 4, 4, 0.495, kGenerated},
      {"c", "Synthetic 1000", synthetic(1000), 6, 5, 0.45, kGenerated},
      {"d", "YearPrediction", dataset_kind("year-prediction", "year-like"), 5, 3, kUnknown, kReal},
      {"e", "cadata", dataset_kind("cadata", "cadata-like"), 3, 2, 2.394e9, kReal},
      {"f", "cpusmall", dataset_kind("cpusmall", "cpusmall-like"), 4, 2, 49.53, kReal},
  };
}

}  // namespace zipml
