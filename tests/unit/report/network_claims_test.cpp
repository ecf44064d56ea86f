#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

nlohmann::json five(const char* levels, const char* rounding) {
  return {{"kind", "quantized"},
          {"bits", 3},
          {"levels_count", 5},
          {"levels", {{"kind", levels}}},
          {"rounding", rounding}};
}

void add(RunSet& set, const nlohmann::json& weights, const std::vector<double>& losses,
         const std::vector<double>& accuracies) {
  for (std::size_t i = 0; i < losses.size(); ++i) {
    ExampleRun run;
    run.figure = "fig7b";
    run.dataset = {{"kind", "cifar10"}};
    run.title = "CIFAR-10";
    run.weights = weights;
    run.seed = i + 1;
    run.losses = {2.3, losses[i]};
    run.diverged = std::isinf(losses[i]);
    run.accuracy = accuracies[i];
    set.runs.push_back(run.run());
  }
}

Finding find(const RunSet& set, const std::string& part) { return evaluate(set, "fig7b", part).finding; }

TEST_CASE("fig7b: order of the losses and points of accuracy, paired by seed") {
  RunSet set;
  add(set, {{"kind", "full"}}, {1.0, 1.1, 1.2}, {0.70, 0.71, 0.72});
  add(set, five("xnor", "nearest"), {1.6, 1.7, 1.8}, {0.50, 0.51, 0.52});
  add(set, five("optimal", "stochastic"), {1.3, 1.4, 1.5}, {0.60, 0.60, 0.60});
  Finding finding = find(set, "32-bit ends");
  CHECK(finding.verdict == Verdict::holds);
  CHECK(finding.interval.value == Approx(0.3));
  CHECK(finding.note.find("200 iterations, 10000 training rows") == 0);
  CHECK(find(set, "Optimal5 ends with a lower").verdict == Verdict::holds);
  finding = find(set, "5 points more");
  CHECK(finding.interval.value == Approx(9.0));
  CHECK(finding.interval.low == Approx(8.0));
  CHECK(finding.verdict == Verdict::holds);
  CHECK(find(set, "uniform ones, both nearest").verdict == Verdict::not_run);
}

TEST_CASE("fig7b: levels and rounding are told apart, and worse ones fail") {
  RunSet set;
  add(set, five("xnor", "nearest"), {1, 1, 1}, {0.50, 0.50, 0.50});
  add(set, five("xnor", "stochastic"), {1, 1, 1}, {0.40, 0.45, 0.48});
  add(set, five("optimal", "nearest"), {1, 1, 1}, {0.45, 0.50, 0.55});
  add(set, five("optimal", "stochastic"), {1, 1, 1}, {0.60, 0.60, 0.60});
  CHECK(find(set, "uniform ones, both nearest").verdict == Verdict::undecided);
  CHECK(find(set, "uniform ones, both stochastic").verdict == Verdict::holds);
  CHECK(find(set, "nearest rounding, uniform levels").verdict == Verdict::fails);
  CHECK(find(set, "nearest rounding, optimal levels").verdict == Verdict::holds);
}

TEST_CASE("fig7b: a diverged run has no accuracy and an infinite loss") {
  RunSet set;
  add(set, five("xnor", "nearest"), {INFINITY, INFINITY, INFINITY}, {0.9, 0.9, 0.9});
  add(set, five("optimal", "stochastic"), {1, 1, 1}, {0.60, 0.60, 0.60});
  CHECK(find(set, "5 points more").interval.value == Approx(60.0));
  CHECK(find(set, "Optimal5 ends with a lower").verdict == Verdict::holds);
}

TEST_CASE("fig7b: the longer of two settings is judged") {
  RunSet set;
  add(set, five("xnor", "nearest"), {1, 1, 1}, {0.1, 0.1, 0.1});
  add(set, five("optimal", "stochastic"), {1, 1, 1}, {0.9, 0.9, 0.9});
  for (Run& run : set.runs) {
    run.config["solver"]["iterations"] = 20;
    run.id += "s";
  }
  add(set, five("xnor", "nearest"), {1, 1, 1}, {0.5, 0.5, 0.5});
  add(set, five("optimal", "stochastic"), {1, 1, 1}, {0.6, 0.6, 0.6});
  const Finding finding = find(set, "5 points more");
  CHECK(finding.interval.value == Approx(10.0));
  CHECK(finding.note.find("1 other settings left aside") != std::string::npos);
}

}  // namespace
}  // namespace zipml::testing
