#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kMostBits = 8, kFirstSlopeBits = 3;
constexpr std::size_t kLeastSlopePoints = 3;

const std::vector<std::string> kUnbiased = {"optimal", "optimal_histogram", "adaquant",
                                            "uniform", "quantile",          "log"};

struct Panel {
  std::string letter, dataset;
  RunFilter filter;
};

// The error of a run at "zero" or "optimum"; all NaN where it was not measured.
GradientError error_at(const Run& run, const std::string& model) {
  if (run.gradients) {
    const auto& models = run.gradients->models;
    const auto found = std::find(models.begin(), models.end(), model);
    if (found != models.end()) return run.gradients->errors[static_cast<std::size_t>(found - models.begin())];
  }
  return {kNan, kNan, kNan, kNan, kNan, kNan};
}

// Runs of some strategies over the bits at which any of them was run: role i * bits + j is strategy i at the
// j-th number of bits.
struct Sweep {
  std::vector<int> bits;
  Selection selection;
};

Sweep find_sweep(const RunSet& set, const Panel& panel, const std::vector<std::string>& levels,
                 int first_bits, const std::string& estimator = "double_sampling") {
  Query query{"variance", panel.filter, {}};
  for (const std::string& kind : levels) {
    for (int b = first_bits; b <= kMostBits; ++b) query.roles.push_back(quantized_levels(estimator, b, kind));
  }
  Sweep sweep{{}, select_runs(set, query)};
  const std::size_t all = static_cast<std::size_t>(kMostBits - first_bits) + 1;
  std::vector<std::map<std::uint64_t, const Run*>> roles;
  const auto run_at = [&](std::size_t bit) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (!sweep.selection.roles[i * all + bit].empty()) return true;
    }
    return false;
  };
  std::vector<std::size_t> kept;
  for (std::size_t bit = 0; bit < all; ++bit) {
    if (!run_at(bit)) continue;
    kept.push_back(bit);
    sweep.bits.push_back(first_bits + static_cast<int>(bit));
  }
  for (std::size_t i = 0; i < levels.size(); ++i) {
    for (const std::size_t bit : kept) roles.push_back(sweep.selection.roles[i * all + bit]);
  }
  sweep.selection.roles = std::move(roles);
  return sweep;
}

Finding measure_sweep(const Sweep& sweep, const SeedValue& value, const Region& region) {
  if (sweep.bits.empty()) {
    Finding finding;
    finding.interval = {kNan, kNan, kNan};
    finding.note = "no results";
    return finding;
  }
  std::vector<std::size_t> roles(sweep.selection.roles.size());
  for (std::size_t i = 0; i < roles.size(); ++i) roles[i] = i;
  Finding finding = measure(sweep.selection, roles, value, region);
  if (finding.verdict != Verdict::not_run) {
    finding.note = join_notes(finding.note, std::to_string(sweep.bits.front()) + " to " +
                                                std::to_string(sweep.bits.back()) + " bits");
  }
  return finding;
}

// Largest of some values; NaN if one of them is.
double largest(const std::vector<const Run*>& runs, const std::function<double(const Run&)>& value) {
  double most = -std::numeric_limits<double>::infinity();
  for (const Run* run : runs) {
    const double one = value(*run);
    if (std::isnan(one)) return kNan;
    most = std::max(most, one);
  }
  return most;
}

Claim bound_claim(const Panel& panel, const std::string& text, const std::string& paper,
                  const std::string& model, double GradientError::*bound, double most) {
  return {"variance", "(" + panel.letter + ") " + text, paper, "x", panel.dataset, [=](const RunSet& set) {
            return measure_sweep(
                find_sweep(set, panel, kUnbiased, 1),
                [=](const std::vector<const Run*>& runs) {
                  return largest(runs, [&](const Run& run) {
                    const GradientError error = error_at(run, model);
                    return error.mean_squared / (error.*bound);
                  });
                },
                at_most(most));
          }};
}

Claim lowest_claim(const Panel& panel) {
  return {
      "variance",
      "(" + panel.letter +
          ") ours: optimal levels have the lowest variance: over that of the best other, at most 1.05 at any "
          "number of bits",
      "-",
      "x",
      panel.dataset,
      [=](const RunSet& set) {
        const Sweep sweep = find_sweep(set, panel, kUnbiased, 1);
        const std::size_t bits = sweep.bits.size();
        const auto value = [bits](const std::vector<const Run*>& runs) {
          double most = 0.0;
          for (std::size_t bit = 0; bit < bits; ++bit) {
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t i = bits + bit; i < runs.size(); i += bits) {
              least = std::min(least, error_at(*runs[i], "optimum").mean_squared);
            }
            most = std::max(most, error_at(*runs[bit], "optimum").mean_squared / least);
          }
          return most;
        };
        return measure_sweep(sweep, value, at_most(1.05));
      }};
}

// Slope of log2(variance) against log2(2^b - 1) by least squares.
double slope(const std::vector<int>& bits, const std::vector<const Run*>& runs) {
  if (bits.size() < kLeastSlopePoints) return kNan;
  double mean_x = 0.0, mean_y = 0.0, products = 0.0, squares = 0.0;
  std::vector<double> x, y;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    x.push_back(std::log2((1 << bits[i]) - 1));
    y.push_back(std::log2(error_at(*runs.at(i), "optimum").mean_squared));
    mean_x += x[i] / static_cast<double>(bits.size());
    mean_y += y[i] / static_cast<double>(bits.size());
  }
  for (std::size_t i = 0; i < bits.size(); ++i) {
    products += (x[i] - mean_x) * (y[i] - mean_y);
    squares += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return products / squares;
}

Claim slope_claim(const Panel& panel) {
  return {"variance",
          "(" + panel.letter +
              ") uniform levels: the variance falls as 1/s^2 from 3 bits on: slope of its log2 over log2 s "
              "in -2.1 "
              "to -1.9",
          "n/s^2: -2",
          "",
          panel.dataset,
          [=](const RunSet& set) {
            const Sweep sweep = find_sweep(set, panel, {"uniform"}, kFirstSlopeBits);
            return measure_sweep(sweep,
                                 [&](const std::vector<const Run*>& runs) { return slope(sweep.bits, runs); },
                                 {-2.1, -1.9});
          }};
}

// The squared mean error over what unbiased independent draws of errors of this size would leave of it.
double remaining_bias(const Run& run) {
  const GradientError error = error_at(run, "optimum");
  const double count =
      static_cast<double>(run.train_rows) * static_cast<double>(run.integer("/measure/draws"));
  return error.bias_squared * count / error.mean_squared;
}

Claim bias_claim(const Panel& panel) {
  return {"variance",
          "(" + panel.letter +
              ") ours: k-means levels with nearest rounding are biased: their squared mean error is 2x what "
              "unbiased draws leave, or more, at every number of bits",
          "-",
          "x",
          panel.dataset,
          [=](const RunSet& set) {
            const auto least = [](const std::vector<const Run*>& runs) {
              return -largest(runs, [](const Run& run) { return -remaining_bias(run); });
            };
            return measure_sweep(find_sweep(set, panel, {"kmeans"}, 1, "deterministic"), least,
                                 at_least(2.0));
          }};
}

}  // namespace

std::vector<Claim> variance_claims() {
  const std::vector<Panel> panels = {{"a", "cadata", dataset_kind("cadata", "cadata-like")},
                                     {"b", "Synthetic 100", synthetic(100)}};
  const std::string largest_ratio =
      ": measured / bound, the largest over unbiased strategies and bits, is at most ";
  std::vector<Claim> claims;
  for (const Panel& panel : panels) {
    claims.push_back(bound_claim(panel,
                                 "Lemma 1 as printed, constant 1, at the minimum" + largest_ratio + "1",
                                 "bounded", "optimum", &GradientError::lemma_bound, 1.0));
    claims.push_back(bound_claim(panel, "Lemma 1 as printed, at x = 0, where it is 0" + largest_ratio + "1",
                                 "bounded", "zero", &GradientError::lemma_bound, 1.0));
    claims.push_back(bound_claim(panel,
                                 "ours: with the residual for a'x, at the minimum" + largest_ratio + "1", "-",
                                 "optimum", &GradientError::residual_bound, 1.0));
    claims.push_back(
        bound_claim(panel, "ours: with the residual, at x = 0, where it is exact" + largest_ratio + "1.05",
                    "-", "zero", &GradientError::residual_bound, 1.05));
    claims.push_back(lowest_claim(panel));
    claims.push_back(slope_claim(panel));
    claims.push_back(bias_claim(panel));
  }
  return claims;
}

}  // namespace zipml
