#include "experiments/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/core/random.h"

namespace zipml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr DrawAddress kBootstrap{1, Stream::bootstrap, 0};

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
  std::vector<double> medians;
  medians.reserve(kResamples);
  std::vector<double> resample(values.size());
  for (std::size_t r = 0; r < kResamples; ++r) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      resample[i] = values[draw_below(kBootstrap, r, static_cast<std::uint32_t>(i), values.size())];
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

}  // namespace zipml
