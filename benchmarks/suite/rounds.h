#pragma once

#include <functional>
#include <string>
#include <vector>

namespace zipml::bench {

/// One thing to time. Everything else about it is in its closures.
struct Case {
  std::string name;
  std::function<std::string()> check;  ///< called once, before anything is timed; empty where all is right
  std::function<void()> run;           ///< what is timed
  double seconds_at_least = 0.02;      ///< repeated within a round until it takes so long
  std::function<double()> own_clock = {};  ///< instead of `run`: runs it and returns the seconds it took
};

/// Seconds of one call of `run`, one entry a round; empty where the check failed.
struct Timing {
  std::vector<double> seconds;
  std::string wrong;  ///< what the check said

  bool is_valid() const { return !seconds.empty(); }
  double median() const;
};

/// Times all cases in every round through Google Benchmark, so that what is compared ran within a moment of
/// each other: the speed of a shared machine's memory changes over minutes. The rounds begin at different
/// cases. One more round, which is not kept, comes first.
std::vector<Timing> time_in_rounds(const std::vector<Case>& cases, int rounds);

/// Median; the mean of both middle values of an even number. NaN of nothing.
double median_of(std::vector<double> values);

/// Median over the rounds of scale_a / a over scale_b / b: how many times as fast as b a is, where one call
/// of a does scale_a of the work and one of b scale_b. NaN where either is not valid.
double median_ratio(const Timing& a, double scale_a, const Timing& b, double scale_b);

}  // namespace zipml::bench
