#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

struct Panel {
  std::string letter, dataset, model, model_name;
  RunFilter filter;
  bool in_paper;
  std::vector<Json> deltas;  // those that the config runs
};

std::vector<Panel> panels() {
  const RunFilter gisette = dataset_kind("gisette", "gisette-like");
  const RunFilter cod_rna = dataset_kind("cod-rna", "cod-rna-like");
  return {{"a", "gisette", "hinge", "SVM", gisette, true, {"best", 0.1, 1.0}},
          {"b", "gisette", "logistic", "logistic", gisette, true, {"best"}},
          {"c", "cod-rna", "hinge", "SVM", cod_rna, false, {"best", 0.1, 1.0}},
          {"d", "cod-rna", "logistic", "logistic", cod_rna, false, {"best"}}};
}

RunFilter data_of(const Panel& panel) { return with_model(panel.filter, panel.model); }

RunFilter chebyshev(int degree, int bits, const std::string& product, const Json& delta) {
  return samples_with(
      {{"kind", "chebyshev"}, {"degree", degree}, {"bits", bits}, {"product", product}, {"delta", delta}});
}

RunFilter plain(const std::string& kind, int bits) {
  return quantized_samples(kind, bits, kind == "naive" ? "fresh" : "");
}

// The first run against the best of the others: by how many percent its final loss is above.
double percent_above_best(const std::vector<const Run*>& runs) {
  const Run* best = *std::min_element(runs.begin() + 1, runs.end(), [](const Run* a, const Run* b) {
    return a->final_loss() < b->final_loss();
  });
  return percent_above({runs.at(0), best});
}

std::vector<RunFilter> symmetric_runs(const Panel& panel) {
  std::vector<RunFilter> roles;
  for (const Json& delta : panel.deltas) roles.push_back(chebyshev(15, 4, "symmetric", delta));
  return roles;
}

std::string heading(const Panel& panel) {
  return (panel.in_paper ? "(" : "ours: (") + panel.letter + ") " + panel.model_name + ": ";
}

Claim overlap(const Panel& panel, const std::string& name, const RunFilter& tested) {
  return {"fig9",
          heading(panel) + name + " ends at most 1% above 32-bit",
          panel.in_paper ? "overlap" : "-",
          "%",
          panel.dataset,
          [=](const RunSet& set) {
            return measure(set, {"fig9", data_of(panel), {tested, full_precision()}}, percent_above,
                           at_most(1.0));
          }};
}

// The lowest of the deltas' losses against full precision.
Claim best_overlap(const Panel& panel) {
  return {
      "fig9",
      heading(panel) + "8-bit Chebyshev (symmetric products, its best delta) ends at most 1% above 32-bit",
      panel.in_paper ? "overlap" : "-",
      "%",
      panel.dataset,
      [=](const RunSet& set) {
        std::vector<RunFilter> roles = symmetric_runs(panel);
        roles.push_back(full_precision());
        return measure(
            set, {"fig9", data_of(panel), roles},
            [](const std::vector<const Run*>& runs) {
              double least = std::numeric_limits<double>::infinity();
              for (std::size_t i = 0; i + 1 < runs.size(); ++i)
                least = std::min(least, percent_above({runs[i], runs.back()}));
              return least;
            },
            at_most(1.0));
      }};
}

Claim negative_result(const Panel& panel, const std::string& name, const std::string& kind) {
  return {"fig9",
          heading(panel) + "8-bit " + name + " ends no higher than the best 8-bit Chebyshev run",
          panel.in_paper ? "same or better" : "-",
          "%",
          panel.dataset,
          [=](const RunSet& set) {
            std::vector<RunFilter> roles = {plain(kind, 8), chebyshev(15, 4, "powers", "best")};
            for (const RunFilter& role : symmetric_runs(panel)) roles.push_back(role);
            return measure(set, {"fig9", data_of(panel), roles}, percent_above_best, at_most(0.0));
          }};
}

// Degree and bits of a draw whose sums take at most so many bits.
struct Split {
  int degree, bits;
};
std::vector<Split> splits_within(int stored) {
  std::vector<Split> splits;
  for (const auto& [degree, more] : {std::pair(1, 1), std::pair(3, 2), std::pair(7, 3), std::pair(15, 4)}) {
    for (const int bits : {1, 2, 4}) {
      if (bits + more <= stored) splits.push_back({degree, bits});
    }
  }
  return splits;
}

Claim equal_storage(const Panel& panel, int stored) {
  const std::string bits = std::to_string(stored);
  return {"fig9_bits",
          "ours: " + panel.model_name + ": " + bits +
              "-bit naive rounding ends no higher than any Chebyshev run of " + bits +
              " stored bits or fewer",
          "-",
          "%",
          panel.dataset,
          [=](const RunSet& set) {
            std::vector<RunFilter> roles = {plain("naive", stored)};
            for (const Split& split : splits_within(stored)) {
              for (const Json& delta : panel.deltas) {
                if (panel.deltas.size() > 1 && delta == "best") continue;
                roles.push_back(chebyshev(split.degree, split.bits, "symmetric", delta));
              }
            }
            return measure(set, {"fig9_bits", data_of(panel), roles}, percent_above_best, at_most(0.0));
          }};
}

RunFilter measured_chebyshev() {
  return probes_with({{"kind", "chebyshev"}, {"degree", 15}, {"bits", 4}, {"product", "symmetric"}});
}

// What a member of BiasAndNoise is for the Chebyshev estimator at 8 stored bits, over what it is for naive
// rounding to 8 bits; each no smaller than what the measurement can tell from 0.
Claim error_ratio(const Panel& panel, const std::string& name, double BiasAndNoise::*member) {
  return {"bias_variance",
          "ours: " + panel.model_name + ": the 8-bit Chebyshev gradient (degree 15, 4 bits) has more " +
              name + " than 8-bit naive rounding: ratio 1 or more",
          "-",
          "x",
          panel.dataset,
          [=](const RunSet& set) {
            return measure(
                set,
                {"bias_variance",
                 data_of(panel),
                 {measured_chebyshev(), probes_with({{"kind", "naive"}, {"bits", 8}})}},
                [=](const std::vector<const Run*>& runs) {
                  const auto value = [&](const Run& run) {
                    const BiasAndNoise& error = *run.bias_and_noise;
                    return member == &BiasAndNoise::bias ? std::max(error.bias, error.bias_floor)
                                                         : error.*member;
                  };
                  return value(*runs.at(0)) / value(*runs.at(1));
                },
                at_least(1.0));
          }};
}

}  // namespace

std::vector<Claim> nonlinear_claims() {
  std::vector<Claim> claims;
  for (const Panel& panel : panels()) {
    claims.push_back(overlap(panel, "8-bit deterministic rounding", plain("deterministic", 8)));
    claims.push_back(overlap(panel, "8-bit naive stochastic rounding", plain("naive", 8)));
    claims.push_back(overlap(panel, "8-bit Chebyshev as the paper writes it (powers)",
                             chebyshev(15, 4, "powers", "best")));
    claims.push_back(best_overlap(panel));
    claims.push_back(negative_result(panel, "deterministic rounding", "deterministic"));
    claims.push_back(negative_result(panel, "naive stochastic rounding", "naive"));
  }
  for (const Panel& panel : panels()) {
    if (panel.dataset != "cod-rna") continue;
    for (int stored = 2; stored <= 8; ++stored) claims.push_back(equal_storage(panel, stored));
  }
  for (const Panel& panel : panels()) {
    if (panel.dataset != "cod-rna") continue;
    claims.push_back(error_ratio(panel, "bias", &BiasAndNoise::bias));
    claims.push_back(error_ratio(panel, "noise", &BiasAndNoise::noise));
  }
  return claims;
}

}  // namespace zipml
