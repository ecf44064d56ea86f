#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

nlohmann::json sampled(int bits, const std::string& levels) {
  return quantized("double_sampling", bits, "fresh", levels);
}

// Final losses of uniform levels at 3, 4 and 5 bits, of optimal ones at 3, and of full precision, alike for
// three seeds.
RunSet year_set(double uniform3, double uniform4, double uniform5, double optimal, double full) {
  RunSet set;
  ExampleRun run;
  run.figure = "fig7a";
  run.dataset = {{"kind", "year-like"}};
  const auto add = [&](const nlohmann::json& samples, double loss) {
    run.samples = samples;
    add_series(set, run, {loss, loss, loss});
  };
  add({{"kind", "full"}}, full);
  add(sampled(3, "uniform"), uniform3);
  add(sampled(4, "uniform"), uniform4);
  add(sampled(5, "uniform"), uniform5);
  add(sampled(3, "optimal"), optimal);
  return set;
}

const std::string kSaved = "bits saved at equal loss", kSavedExactly = "that end no higher than 3 optimal";

TEST_CASE("figure 7a as the paper shows it holds") {
  const RunSet set = year_set(1.2, 1.1, 1.0, 1.001, 1.0);
  for (const char* part : {"at most 1% above uniform ones at 5", "at 3 bits end at most 1% above 32-bit",
                           "by 1% or more", "(0% or more)"}) {
    INFO(part);
    CHECK(evaluate(set, "fig7a", part).finding.verdict == Verdict::holds);
  }
  const Finding saved = evaluate(set, "fig7a", kSaved).finding;
  CHECK(saved.interval.value == Approx(5.0 / 3.0));
  CHECK(saved.verdict == Verdict::holds);
}

TEST_CASE("levels that save nothing fail figure 7a") {
  const RunSet set = year_set(1.001, 1.0, 1.0, 1.0005, 1.0);
  CHECK(evaluate(set, "fig7a", "by 1% or more").finding.verdict == Verdict::fails);
  CHECK(evaluate(set, "fig7a", kSaved).finding.interval.value == 1.0);
  CHECK(evaluate(set, "fig7a", kSaved).finding.verdict == Verdict::fails);
  // Without tolerance 4 bits are needed to match 3 optimal ones.
  CHECK(evaluate(set, "fig7a", kSavedExactly).finding.interval.value == Approx(4.0 / 3.0));
  CHECK(evaluate(set, "fig7a", kSavedExactly).finding.verdict == Verdict::fails);
}

TEST_CASE("five uniform bits may not do, and a diverged reference says nothing") {
  CHECK(evaluate(year_set(1.2, 1.2, 1.1, 1.0, 1.0), "fig7a", kSaved).finding.interval.value == kInfinity);
  CHECK(evaluate(year_set(1.2, 1.2, 1.1, kInfinity, 1.0), "fig7a", kSaved).finding.verdict ==
        Verdict::undecided);
}

// One panel of figure 10: the epochs 1, 2, ... at which each curve has come within 1% of 1.0; 0 for never.
void add_panel(RunSet& set, const nlohmann::json& dataset, int bits, int uniform, int optimal) {
  ExampleRun run;
  run.figure = "fig10";
  run.dataset = dataset;
  run.title = dataset["kind"];
  const auto add = [&](const nlohmann::json& samples, int epoch) {
    run.samples = samples;
    for (run.seed = 1; run.seed <= 3; ++run.seed) {
      run.losses = {10.0};
      for (int e = 1; e <= 20; ++e) run.losses.push_back(epoch > 0 && e >= epoch ? 1.0 : 2.0);
      set.runs.push_back(run.run());
    }
  };
  add({{"kind", "full"}}, 1);
  add(sampled(bits, "uniform"), uniform);
  add(sampled(bits, "optimal"), optimal);
}

Finding epochs_of_cadata(int uniform, int optimal) {
  RunSet set;
  add_panel(set, {{"kind", "cadata"}}, 2, uniform, optimal);
  return evaluate(set, "fig10", "(e) optimal levels are never slower").finding;
}

TEST_CASE("epochs to within 1% of full precision are compared") {
  CHECK(epochs_of_cadata(8, 4).interval.value == 2.0);
  CHECK(epochs_of_cadata(8, 4).verdict == Verdict::holds);
  CHECK(epochs_of_cadata(4, 4).verdict == Verdict::holds);
  CHECK(epochs_of_cadata(3, 4).verdict == Verdict::fails);
}

TEST_CASE("who never gets there is slower, and two who do not are not compared") {
  const Finding uniform_never = epochs_of_cadata(0, 4);
  CHECK(uniform_never.interval.value == kInfinity);
  CHECK(uniform_never.verdict == Verdict::holds);
  CHECK(uniform_never.note.find("uniform more than 20, optimal 4, 32-bit 1") != std::string::npos);
  CHECK(epochs_of_cadata(4, 0).interval.value == 0.0);
  CHECK(epochs_of_cadata(4, 0).verdict == Verdict::fails);
  CHECK(epochs_of_cadata(0, 0).verdict == Verdict::undecided);
}

TEST_CASE("the largest gain is looked for in all sets") {
  const std::string part = "where they gain most";
  RunSet set;
  CHECK(evaluate(set, "fig10", part).finding.verdict == Verdict::not_run);
  add_panel(set, {{"kind", "cadata"}}, 2, 6, 3);
  // The other sets are missing, so a larger gain may be there.
  CHECK(evaluate(set, "fig10", part).finding.verdict == Verdict::undecided);
  CHECK(evaluate(set, "fig10", part).finding.note.find("not run: Synthetic 10, ") != std::string::npos);
  add_panel(set, {{"kind", "synthetic"}, {"features", 100}}, 4, 0, 0);
  add_panel(set, {{"kind", "cpusmall"}}, 2, 10, 2);
  const Finding most = evaluate(set, "fig10", part).finding;
  CHECK(most.verdict == Verdict::holds);
  CHECK(most.interval.value == 5.0);
  CHECK(most.dataset == "cpusmall");
  CHECK(most.runs.size() == 27);
}

TEST_CASE("final losses of figure 10 are compared at the paper's bits only") {
  RunSet set;
  add_panel(set, {{"kind", "cadata"}}, 3, 4, 4);
  CHECK(evaluate(set, "fig10", "(e) 2-bit optimal levels end").finding.verdict == Verdict::not_run);
  add_panel(set, {{"kind", "cadata"}}, 2, 4, 0);
  CHECK(evaluate(set, "fig10", "(e) 2-bit optimal levels end").finding.verdict == Verdict::fails);
}

MeasuredLevels levels_of_variance(double variance) { return {3, {{0.0, 1.0}, {5}, {0.0f, 1.0f}, variance}}; }

Finding histogram_finding(double optimal, double uniform, const std::string& part,
                          const std::string& scaling = "column") {
  RunSet set;
  ExampleRun run;
  run.figure = "fig3";
  run.dataset = {{"kind", "cadata"}};
  run.measure = {{"kind", "level_histogram"}, {"column", 3}};
  run.samples = sampled(3, "optimal");
  run.levels_of_column = levels_of_variance(optimal);
  set.runs.push_back(run.run());
  run.samples = sampled(3, "uniform");
  run.samples["levels"]["scaling"] = scaling;
  run.levels_of_column = levels_of_variance(uniform);
  set.runs.push_back(run.run());
  return evaluate(set, "fig3", part).finding;
}

TEST_CASE("variances of levels are compared, one seed being enough") {
  const std::string part = "(a) 3-bit uniform levels";
  CHECK(histogram_finding(1.0, 4.0, part).verdict == Verdict::holds);
  CHECK(histogram_finding(1.0, 4.0, part).interval.value == 4.0);
  CHECK(histogram_finding(1.0, 4.0, part).note == "10000 training rows");
  CHECK(histogram_finding(1.0, 1.0, part).verdict == Verdict::fails);
  // Uniform levels over the range are another series.
  CHECK(histogram_finding(1.0, 4.0, part, "min_max").verdict == Verdict::not_run);
  CHECK(histogram_finding(1.0, 4.0, "(a) ours: so have", "min_max").verdict == Verdict::holds);
}

}  // namespace
}  // namespace zipml::testing
