#include "experiments/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <stdexcept>

#include "engine/core/random.h"

namespace zipml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr DrawAddress kBootstrap{1, Stream::bootstrap, 0};

// Which of n values resample r has in place i: at r * n + i. Kept for the few numbers of seeds that a report
// has, as every interval over so many seeds uses the same ones.
const std::vector<std::uint32_t>& resample_indices(std::size_t n) {
  thread_local std::map<std::size_t, std::vector<std::uint32_t>> known;
  std::vector<std::uint32_t>& indices = known[n];
  if (!indices.empty()) return indices;
  indices.reserve(kResamples * n);
  for (std::size_t r = 0; r < kResamples; ++r) {
    for (std::size_t i = 0; i < n; ++i)
      indices.push_back(
          static_cast<std::uint32_t>(draw_below(kBootstrap, r, static_cast<std::uint32_t>(i), n)));
  }
  return indices;
}

// Quantiles of the normal distribution: of 1 - (1 - kIntervalLevel) / 2, and of kPower.
constexpr double kLevelQuantile = 1.959963984540054, kPowerQuantile = 0.8416212335729143;
static_assert(kIntervalLevel == 0.95 && kPower == 0.8);

double standard_deviation(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (count - 1.0));
}

// The finite end of the region that is nearest to the value; the upper one of two equally near. NaN without.
double nearest_end(const Region& region, double value) {
  if (!std::isfinite(region.least)) return std::isfinite(region.most) ? region.most : kNan;
  if (!std::isfinite(region.most)) return region.least;
  if (std::isinf(value)) return value > 0 ? region.most : region.least;
  return std::abs(value - region.least) < std::abs(value - region.most) ? region.least : region.most;
}

double seeds_for_share(double beyond) {
  if (beyond >= 0.5) return kInfinity;
  return std::ceil(std::pow((kLevelQuantile + kPowerQuantile) / (1.0 - 2.0 * beyond), 2.0));
}

// Values on the other side of the end than their median.
double share_beyond(const std::vector<double>& values, double middle, double end) {
  const auto beyond = std::count_if(values.begin(), values.end(),
                                    [&](double value) { return (value > end) != (middle > end); });
  return static_cast<double>(beyond) / static_cast<double>(values.size());
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty() || std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); }))
    return kNan;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  // Equal values are not added, as the sum of two large ones could overflow.
  if (values[middle - 1] == values[middle]) return values[middle];
  return 0.5 * values[middle - 1] + 0.5 * values[middle];
}

Interval median_interval(const std::vector<double>& values) {
  const double value = median(values);
  if (std::isnan(value)) return {kNan, kNan, kNan};
  // Most bytes and counts do not vary.
  if (std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); }))
    return {value, value, value};
  const std::vector<std::uint32_t>& indices = resample_indices(values.size());
  std::vector<double> medians;
  medians.reserve(kResamples);
  std::vector<double> resample(values.size());
  for (std::size_t r = 0; r < kResamples; ++r) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      resample[i] = values[indices[r * values.size() + i]];
    }
    medians.push_back(median(resample));
  }
  std::sort(medians.begin(), medians.end());
  const auto tail = static_cast<std::size_t>(0.5 * (1.0 - kIntervalLevel) * static_cast<double>(kResamples));
  return {value, medians[tail], medians[kResamples - 1 - tail]};
}

double range_coverage(std::size_t n) { return 1.0 - std::ldexp(1.0, 1 - static_cast<int>(n)); }

Region at_least(double threshold) { return {threshold, kInfinity}; }

Region at_most(double threshold) { return {-kInfinity, threshold}; }

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::fails:
      return "fails";
    case Verdict::undecided:
      return "undecided";
    case Verdict::not_run:
      return "not run";
  }
  throw std::logic_error("unknown verdict");
}

Verdict judge(const Interval& interval, const Region& region) {
  if (interval.low >= region.least && interval.high <= region.most) return Verdict::holds;
  if (interval.low > region.most || interval.high < region.least) return Verdict::fails;
  return Verdict::undecided;
}

double seeds_for_spread(double spread, double distance) {
  if (spread == 0.0) return 1.0;
  const double error = std::sqrt(std::numbers::pi / 2.0) * spread;  // of a median of one draw, asymptotically
  return std::ceil(std::pow((kLevelQuantile + kPowerQuantile) * error / distance, 2.0));
}

std::optional<SeedsNeeded> seeds_to_decide(const std::vector<double>& values, const Region& region) {
  const double middle = median(values), end = nearest_end(region, middle);
  if (std::isnan(middle) || std::isnan(end)) return std::nullopt;
  const bool crosses = judge(median_interval(values), region) == Verdict::undecided;
  const std::size_t least = crosses ? std::max(values.size(), kRangeSeeds) + 1 : kLeastSeeds;
  if (values.size() < 2) return SeedsNeeded{least, true};
  const bool finite = std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
  const double estimate = finite ? seeds_for_spread(standard_deviation(values), std::abs(middle - end))
                                 : seeds_for_share(share_beyond(values, middle, end));
  if (estimate > static_cast<double>(kMostSeedsTold)) return SeedsNeeded{kMostSeedsTold + 1, true};
  return SeedsNeeded{std::max(least, static_cast<std::size_t>(estimate)), false};
}

}  // namespace zipml
