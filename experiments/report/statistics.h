#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace zipml {

/// Confidence level of every interval of the report.
inline constexpr double kIntervalLevel = 0.95;
inline constexpr std::size_t kResamples = 4000;

/// Below this many seeds there is no verdict on anything that depends on the seed.
inline constexpr std::size_t kLeastSeeds = 3;

/// Median; the mean of the two middle values where their number is even. Infinities are values like any
/// other. NaN if there are no values or one of them is NaN.
double median(std::vector<double> values);

/// A value with the ends of its interval, low <= high.
struct Interval {
  double value = 0.0, low = 0.0, high = 0.0;
};

/// Median with its percentile bootstrap interval of level kIntervalLevel: kResamples resamples, always the
/// same ones for the same number of values. All members are NaN where median() is.
Interval median_interval(const std::vector<double>& values);

/// How often the range (least, largest) of n draws from a continuous distribution covers its median: 1 - 2^(1
/// - n). With up to 5 values the bootstrap interval is that range, so that this is its real level.
double range_coverage(std::size_t n);

/// The values for which a claim is true: least <= value <= most. Infinite ends are allowed.
struct Region {
  double least, most;
};
Region at_least(double threshold);
Region at_most(double threshold);

enum class Verdict { holds, fails, undecided, not_run };
std::string_view verdict_name(Verdict verdict);

/// holds: the whole interval lies in the region; fails: the whole interval lies on one wrong side of it;
/// undecided: anything else, NaN included.
Verdict judge(const Interval& interval, const Region& region);

}  // namespace zipml
