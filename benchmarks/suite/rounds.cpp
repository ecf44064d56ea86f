#include "benchmarks/suite/rounds.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace zipml::bench {
namespace {

// Prints nothing; keeps the time of every benchmark that ran.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration && !run.error_occurred)
        seconds.push_back(run.real_accumulated_time / static_cast<double>(run.iterations));
    }
  }

  std::vector<double> seconds;
};

// Seconds of one call, or nothing where the check fails. The check belongs to the first round.
void run_once(const Case& one, Timing& timing, std::int64_t iterations, bool first_round, bool keep,
              std::int64_t& next_iterations) {
  benchmark::ClearRegisteredBenchmarks();
  benchmark::internal::Benchmark* benchmark =
      benchmark::RegisterBenchmark(one.name.c_str(), [&](benchmark::State& state) {
        if (first_round) timing.wrong = one.check ? one.check() : std::string();
        if (!timing.wrong.empty()) return state.SkipWithError("INCORRECT");
        for (auto _ : state) {
          if (one.own_clock) {
            state.SetIterationTime(one.own_clock());
          } else {
            one.run();
          }
        }
      });
  benchmark->Iterations(iterations);
  if (one.own_clock) {
    benchmark->UseManualTime();
  } else {
    benchmark->UseRealTime();
  }
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector, ".");
  if (collector.seconds.empty()) return;
  const double seconds = collector.seconds.front();
  if (keep) timing.seconds.push_back(seconds);
  if (first_round)
    next_iterations = std::clamp<std::int64_t>(std::llround(one.seconds_at_least / seconds), 1, 100000);
}

}  // namespace

double Timing::median() const { return median_of(seconds); }

std::vector<Timing> time_in_rounds(const std::vector<Case>& cases, int rounds) {
  std::vector<Timing> timings(cases.size());
  std::vector<std::int64_t> iterations(cases.size(), 1);
  for (int round = 0; round <= rounds; ++round) {
    for (std::size_t k = 0; k < cases.size(); ++k) {
      const std::size_t i = (k + static_cast<std::size_t>(round) * 3) % cases.size();
      if (timings[i].wrong.empty())
        run_once(cases[i], timings[i], iterations[i], round == 0, round > 0, iterations[i]);
    }
  }
  benchmark::ClearRegisteredBenchmarks();
  return timings;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

double median_ratio(const Timing& a, double scale_a, const Timing& b, double scale_b) {
  std::vector<double> ratios;
  for (std::size_t r = 0; r < std::min(a.seconds.size(), b.seconds.size()); ++r)
    ratios.push_back(scale_a / a.seconds[r] / (scale_b / b.seconds[r]));
  return median_of(ratios);
}

}  // namespace zipml::bench
