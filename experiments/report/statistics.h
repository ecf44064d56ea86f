#pragma once

#include <cstddef>
#include <optional>
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

/// Up to this many values the bootstrap interval reaches from the least to the largest.
inline constexpr std::size_t kRangeSeeds = 5;

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

/// How many seeds a claim that is undecided would need, those there are included.
struct SeedsNeeded {
  std::size_t count = 0;
  bool at_least = false;  ///< the count is a lower bound: the estimate is above it or cannot be made
};

/// Larger estimates are not told, only that they are larger.
inline constexpr std::size_t kMostSeedsTold = 100;
/// How often the estimated number of seeds should lead to a verdict.
inline constexpr double kPower = 0.8;

/// Seeds after which the interval of a median, of draws with this standard deviation whose true median is
/// `distance` from a threshold, leaves the threshold out in kPower of all repetitions, by the normal
/// approximation: ((z(97.5%) + z(kPower)) sqrt(pi / 2) spread / distance)^2, rounded up.
double seeds_for_spread(double spread, double distance);

/// The estimate for values that gave no verdict: seeds_for_spread() of their standard deviation and the
/// distance of their median to the nearest end of the region. Where a value is infinite, the share p of
/// values beyond that end stands for both: ((z + z) / (1 - 2p))^2. At least kLeastSeeds; at least kRangeSeeds
/// + 1 where the interval crosses, as the range of the values will go on to do so. Of one value only the
/// lower bound is known. Nothing where more seeds do not help: without values, with NaN among them, or where
/// the region has no finite end.
std::optional<SeedsNeeded> seeds_to_decide(const std::vector<double>& values, const Region& region);

}  // namespace zipml
