// Simulated cycles a second of every FPGA design, edge by edge, and the time for a long run with its periods
// skipped. Each run's cycles are checked against the closed form before anything is timed.
#include <benchmark/benchmark.h>

#include "fpga_model/design.h"

namespace zipml::fpga {
namespace {

struct Job {
  Shape shape;
  DesignOptions options;
};

// YearPrediction's rows and columns with a bias feature, in whole batches.
Job year_prediction(const Design& design, std::int64_t rows, std::int64_t epochs) {
  Job job;
  job.shape = {91, rows / 64 * 64, epochs, design.chooses_bits() ? 64 : 1};
  return job;
}

bool is_exact(const Design& design, const Job& job) {
  const Platform platform = design.default_platform();
  const auto form = design.closed_form(job.shape, platform, job.options);
  return form &&
         design.simulate(job.shape, platform, job.options, {}).cycles_total == form->total(job.shape.epochs);
}

void run(benchmark::State& state, const Design& design, const Job& job, bool skip) {
  if (!is_exact(design, job)) return state.SkipWithError("INCORRECT: the closed form says otherwise");
  SimulationOptions simulation;
  simulation.skip_periods = skip;
  std::int64_t worked = 0, cycles = 0;
  for (auto _ : state) {
    const CycleReport report = design.simulate(job.shape, design.default_platform(), job.options, simulation);
    worked += report.simulated_cycles;
    cycles = report.cycles_total;
  }
  state.counters["simulated_cycles/s"] =
      benchmark::Counter(static_cast<double>(worked), benchmark::Counter::kIsRate);
  state.counters["cycles"] = static_cast<double>(cycles);
}

void BM_EdgeByEdge(benchmark::State& state, const Design* design) {
  run(state, *design, year_prediction(*design, 40000, 1), false);
}

void BM_HundredEpochs(benchmark::State& state, const Design* design) {
  run(state, *design, year_prediction(*design, 463715, 100), true);
}

}  // namespace
}  // namespace zipml::fpga

int main(int argc, char** argv) {
  using namespace zipml::fpga;
  for (const Design* design : designs()) {
    benchmark::RegisterBenchmark(("edge_by_edge/" + design->name()).c_str(), BM_EdgeByEdge, design)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("hundred_epochs/" + design->name()).c_str(), BM_HundredEpochs, design)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
