#include <catch2/catch.hpp>
#include <map>

#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

nlohmann::json chebyshev(int degree, int bits, const std::string& product, const nlohmann::json& delta) {
  nlohmann::json samples = quantized("chebyshev", bits);
  samples.update({{"degree", degree}, {"product", product}, {"delta", delta}});
  return samples;
}

ExampleRun svm(const std::string& figure, const std::string& dataset = "cod-rna") {
  ExampleRun run;
  run.figure = figure;
  run.dataset = {{"kind", dataset}};
  run.title = dataset;
  run.loss = "hinge";
  return run;
}

void add(RunSet& set, ExampleRun run, const nlohmann::json& samples, const std::vector<double>& losses) {
  run.samples = samples;
  add_series(set, run, losses);
}

RunSet figure9(double naive, double powers, double best, double tuned, double wide) {
  RunSet set;
  const auto three = [](double loss) { return std::vector<double>{loss, loss * 1.001, loss * 1.002}; };
  const ExampleRun run = svm("fig9", "gisette");
  add(set, run, {{"kind", "full"}}, three(1.0));
  add(set, run, quantized("naive", 8), three(naive));
  add(set, run, quantized("deterministic", 8), three(1.0));
  add(set, run, chebyshev(15, 4, "powers", "best"), three(powers));
  add(set, run, chebyshev(15, 4, "symmetric", "best"), three(best));
  add(set, run, chebyshev(15, 4, "symmetric", 0.1), three(tuned));
  add(set, run, chebyshev(15, 4, "symmetric", 1.0), three(wide));
  return set;
}

TEST_CASE("the negative result is held against the best of the Chebyshev runs", "[report]") {
  const std::string naive = "(a) SVM: 8-bit naive stochastic rounding ends no higher",
                    overlap = "(a) SVM: 8-bit Chebyshev (symmetric";
  const RunSet worse = figure9(1.002, 3.0, 1.4, 1.2, 1.1);
  REQUIRE(evaluate(worse, "fig9", naive).finding.verdict == Verdict::holds);
  REQUIRE(evaluate(worse, "fig9", naive).finding.interval.value == Approx(100 * (1.002 / 1.1 - 1)));
  REQUIRE(evaluate(worse, "fig9", naive).finding.runs.size() == 15);
  REQUIRE(evaluate(worse, "fig9", overlap).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(worse, "fig9", overlap).finding.interval.value == Approx(10.0));
  REQUIRE(evaluate(worse, "fig9", "(a) SVM: 8-bit Chebyshev as the paper").finding.verdict == Verdict::fails);
  // A single better run overturns it, whichever it is.
  REQUIRE(evaluate(figure9(1.1, 3.0, 1.4, 1.0, 1.4), "fig9", naive).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(figure9(1.1, 1.05, 1.4, 1.2, 1.4), "fig9", naive).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(figure9(1.0, 3.0, 1.005, 1.2, 1.4), "fig9", overlap).finding.verdict == Verdict::holds);
  // The logistic panel has not been run.
  REQUIRE(evaluate(worse, "fig9", "(b) logistic: 8-bit naive stochastic rounding ends no").finding.verdict ==
          Verdict::not_run);
}

TEST_CASE("at equal storage every Chebyshev run that is as small counts", "[report]") {
  const std::string claim = "ours: SVM: 3-bit naive rounding";
  const auto set_with = [&](double one, double two) {
    RunSet set;
    const ExampleRun run = svm("fig9_bits");
    add(set, run, quantized("naive", 3), {1.0, 1.0, 1.0});
    for (const double delta : {0.1, 1.0}) {
      add(set, run, chebyshev(1, 1, "symmetric", delta), {one, one, one});      // 2 bits
      add(set, run, chebyshev(1, 2, "symmetric", delta), {1.3, 1.3, 1.3});      // 3 bits
      add(set, run, chebyshev(3, 1, "symmetric", delta), {two, two, two});      // 3 bits
      add(set, run, chebyshev(15, 4, "symmetric", delta), {0.01, 0.01, 0.01});  // 8 bits
    }
    return set;
  };
  REQUIRE(evaluate(set_with(1.5, 1.5), "fig9_bits", claim).finding.verdict == Verdict::holds);
  REQUIRE(evaluate(set_with(0.9, 1.5), "fig9_bits", claim).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(set_with(1.5, 0.9), "fig9_bits", claim).finding.verdict == Verdict::fails);
}

TEST_CASE("bias and noise are compared at 8 stored bits; a bias counts as what can be told from 0",
          "[report]") {
  RunSet set;
  const auto measured = [&](const nlohmann::json& estimator, double bias, double floor, double noise) {
    ExampleRun run = svm("bias_variance");
    run.measured = estimator;
    run.bias_and_noise = {20, 1.0, 1.0, bias, floor, noise};
    add_series(set, run, {1.0, 1.0, 1.0});
  };
  measured(chebyshev(15, 4, "symmetric", 1), 0.5, 0.01, 0.2);
  measured(chebyshev(15, 4, "powers", 1), 9.0, 0.01, 9.0);
  measured(quantized("naive", 8), 0.0, 0.05, 0.4);
  measured(quantized("naive", 7), 7.0, 0.05, 7.0);
  const Finding bias = evaluate(set, "bias_variance",
                                "ours: SVM: the 8-bit Chebyshev gradient (degree 15, 4 bits) "
                                "has more bias")
                           .finding;
  REQUIRE(bias.interval.value == Approx(10.0));
  REQUIRE(bias.verdict == Verdict::holds);
  const Finding noise = evaluate(set, "bias_variance",
                                 "ours: SVM: the 8-bit Chebyshev gradient (degree 15, 4 bits) "
                                 "has more noise")
                            .finding;
  REQUIRE(noise.interval.value == Approx(0.5));
  REQUIRE(noise.verdict == Verdict::fails);
}

RunSet figure12(const std::map<int, double>& shares, double loss = 1.0, double accuracy = 0.9) {
  RunSet set;
  ExampleRun run = svm("fig12");
  run.bytes_an_epoch = 4000;
  add(set, run, {{"kind", "full"}}, {1.0, 1.0, 1.0});
  for (const auto& [bits, share] : shares) {
    nlohmann::json samples = quantized("refetch_l1", bits);
    samples["bound"] = "step";
    run.share_refetched = share;
    run.accuracy = accuracy;
    run.bytes_an_epoch = static_cast<std::uint64_t>(125 * bits + 4000 * share);
    add(set, run, samples, {loss, loss, loss});
  }
  return set;
}

TEST_CASE("refetched shares are held against the paper's", "[report]") {
  const std::map<int, double> paper = {{4, 0.6763}, {5, 0.3831}, {6, 0.1995}, {7, 0.1083}, {8, 0.0623}};
  const std::string eight = "8-bit l1 refetching reads 6.23%", falls = "falls by about half",
                    loss = "highest final loss", accuracy = "test accuracy";
  const RunSet same = figure12(paper);
  REQUIRE(evaluate(same, "fig12", eight).finding.verdict == Verdict::holds);
  REQUIRE(evaluate(same, "fig12", eight).finding.interval.value == Approx(6.23));
  REQUIRE(evaluate(same, "fig12", falls).finding.interval.value == Approx(0.551).epsilon(0.001));
  REQUIRE(evaluate(same, "fig12", falls).finding.verdict == Verdict::holds);
  REQUIRE(evaluate(same, "fig12", loss).finding.verdict == Verdict::holds);
  REQUIRE(evaluate(same, "fig12", accuracy).finding.verdict == Verdict::holds);
  REQUIRE(evaluate(same, "fig12", "half the bytes").finding.verdict == Verdict::holds);
  REQUIRE(evaluate(same, "fig12", "ours: 8 bits with half").finding.verdict == Verdict::not_run);

  std::map<int, double> twice = paper;
  for (auto& [bits, share] : twice) share = std::min(1.0, 2.0 * share);
  REQUIRE(evaluate(figure12(twice), "fig12", eight).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(figure12({{4, 0.6}, {8, 0.3}}), "fig12", falls).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(figure12(paper, 1.02), "fig12", loss).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(figure12(paper, 1.0, 0.89), "fig12", accuracy).finding.verdict == Verdict::fails);
  REQUIRE(evaluate(figure12({{8, 0.0623}}), "fig12", loss).finding.verdict == Verdict::not_run);
}

TEST_CASE("l2 refetching is judged by its flips, and its note says what it cost", "[report]") {
  RunSet set;
  ExampleRun run = svm("fig12", "gisette");
  add(set, run, {{"kind", "full"}}, {1.0, 1.0, 1.0});
  nlohmann::json samples = quantized("refetch_l2", 4);
  samples["sketch"] = 256;
  run.share_flipped = 0.04;
  run.share_refetched = 0.25;
  add(set, run, samples, {1.5, 1.5, 1.5});
  const Finding finding = evaluate(set, "fig12", "(b) l2").finding;
  REQUIRE(finding.verdict == Verdict::fails);
  REQUIRE(finding.interval.value == Approx(4.0));
  REQUIRE(finding.note.find("r = 256, 25% read again") != std::string::npos);
  REQUIRE(finding.note.find("50% above 32-bit") != std::string::npos);
}

}  // namespace
}  // namespace zipml::testing
