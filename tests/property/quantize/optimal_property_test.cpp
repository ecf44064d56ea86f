#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/quantize/adaquant_levels.h"
#include "engine/quantize/candidate_histogram.h"
#include "engine/quantize/candidate_levels.h"
#include "engine/quantize/interval_costs.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/monotone_partition.h"
#include "engine/quantize/optimal_levels.h"
#include "engine/quantize/reference_levels.h"

namespace zipml {
namespace {

using Values = std::vector<float>;

LevelSet find_levels(const std::string& kind, const Values& values, int count,
                     std::vector<std::pair<std::string, ParameterValue>> given = {}) {
  return level_strategies()[kind](choose(level_strategies().family(), kind, std::move(given)).parameters)
      ->levels(values, count);
}

// Random, tied, clustered, constant and heavy-tailed values, and some far from 0 or of tiny width.
Values draw_values(int shape, std::uint64_t seed, std::size_t n) {
  const DrawAddress address{seed, Stream::generate_features, 0};
  Values values(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double z = draw_normal(address, i, 0), u = draw_unit_double(address, i, 1);
    const double cluster = static_cast<double>(draw_below(address, i, 4, 5));
    const double shapes[] = {z,
                             u,
                             std::floor(8.0 * u),
                             cluster + 1e-5 * z,
                             3.5,
                             portable_exp(z),
                             portable_exp(6.0 * z),
                             2000.0 + std::floor(4.0 * z),
                             z / (u + 1e-4),
                             1e6 * cluster + z};
    values[i] = static_cast<float>(shapes[shape]);
  }
  return values;
}
constexpr int kShapes = 10;

Values any_values(std::size_t most) {
  return draw_values(*rc::gen::inRange(0, kShapes), *rc::gen::inRange<std::uint64_t>(0, 1u << 30),
                     *rc::gen::inRange<std::size_t>(1, most + 1));
}

// Two sums of the same numbers in another order, and nothing else, may differ.
void require_equal(double found, double expected) {
  RC_ASSERT(std::fabs(found - expected) <= 1e-9 * expected);
}

// Least total variance over every choice of inner levels among the values, by trying them all.
double brute_force(Values values, int count) {
  std::sort(values.begin(), values.end());
  double best = std::numeric_limits<double>::infinity();
  Values levels;
  const std::function<void(std::size_t)> choose_from = [&](std::size_t first) {
    if (static_cast<int>(levels.size()) == count - 1) {
      levels.push_back(values.back());
      best = std::min(best, total_variance(values, levels));
      levels.pop_back();
      return;
    }
    for (std::size_t i = first; i < values.size(); ++i) {
      levels.push_back(values[i]);
      choose_from(i);
      levels.pop_back();
    }
  };
  levels.push_back(values.front());
  choose_from(0);
  return best;
}

TEST_CASE("optimal levels cost what trying every choice finds", "[levels]") {
  REQUIRE(rc::check("brute force", [] {
    const Values values = any_values(12);
    const int count = *rc::gen::inRange(2, 6);
    const double best = brute_force(values, count);
    require_equal(total_variance(values, find_levels("optimal", values, count).values()), best);
    require_equal(reference_optimal_variance(values, count), best);
  }));
}

TEST_CASE("optimal levels cost what the published program finds", "[levels]") {
  REQUIRE(rc::check("reference, small", [] {
    const Values values = any_values(120);
    const int count = *rc::gen::inRange(2, 65);
    require_equal(total_variance(values, find_levels("optimal", values, count).values()),
                  reference_optimal_variance(values, count));
    const LevelSet centroids = find_levels("kmeans", values, count);
    double error = 0.0, scale = 0.0;
    for (const float v : values) {
      const double off =
          static_cast<double>(v) - static_cast<double>(centroids.values()[centroids.nearest(v)]);
      error += off * off;
      scale += static_cast<double>(v) * static_cast<double>(v);
    }
    // Centroids are rounded to float32.
    const double best = reference_kmeans_error(values, count);
    RC_ASSERT(error >= best * (1.0 - 1e-9));
    RC_ASSERT(std::sqrt(error) <= std::sqrt(best) * (1.0 + 1e-6) + std::sqrt(scale) * 0x1p-23);
  }));
}

TEST_CASE("optimal levels of 2,000 values cost what the published program finds", "[levels]") {
  for (int shape = 0; shape < kShapes; ++shape) {
    const Values values = draw_values(shape, 7, 2000);
    for (const int count : {2, 3, 7, 16, 64}) {
      const double best = reference_optimal_variance(values, count);
      const double found = total_variance(values, find_levels("optimal", values, count).values());
      INFO("shape " << shape << ", " << count << " levels");
      CHECK(std::fabs(found - best) <= 1e-9 * best);
    }
  }
}

// How far costs of random intervals are off, in units of their own bounds.
template <class Cost, class Exact>
double worst_error(const Cost& cost, const Exact& exact, std::size_t nodes) {
  double worst = 0.0;
  for (std::size_t i = 0; i < nodes; ++i) {
    for (std::size_t j = i + 1; j < nodes; ++j) {
      const double error = std::fabs(cost(i, j) - exact(i, j)), bound = cost.error_bound(i, j);
      if (error > 0.0) worst = std::max(worst, bound > 0.0 ? error / bound : 1e9);
    }
  }
  return worst;
}

TEST_CASE("costs in double precision are within the bounds that decide whether they are kept", "[levels]") {
  bool fast_was_bad = false;
  REQUIRE(rc::check("costs", [&fast_was_bad] {
    const WeightedPoints points = distinct_points(sorted_values(any_values(80)));
    const PrefixSums sums = prefix_sums(points), centered = centered_prefix_sums(points);
    const ExactVarianceCost exact(points, sums);
    const ClusterCost exact_cluster(points, sums);
    const FastVarianceCost fast(points, centered);
    RC_ASSERT(worst_error(fast, exact, points.size()) <= 1.0);
    RC_ASSERT(worst_error(CompensatedVarianceCost(points, centered), exact, points.size()) <= 1.0);
    RC_ASSERT(worst_error(FastClusterCost(points, centered), exact_cluster, points.size() + 1) <= 1.0);
    RC_ASSERT(worst_error(CompensatedClusterCost(points, centered), exact_cluster, points.size() + 1) <= 1.0);
    for (std::size_t j = 2; j < points.size(); ++j) {
      fast_was_bad = fast_was_bad || std::fabs(fast(j - 2, j) - exact(j - 2, j)) > 1e-9 * exact(j - 2, j);
    }
    // No other point splits an interval at a lower cost.
    const std::size_t last = points.size() - 1;
    double best = exact(0, last);
    for (std::size_t b = 0; b <= last; ++b) best = std::min(best, exact(0, b) + exact(b, last));
    const double allowed = 2.0 * fast.error_bound(0, last) + 1e-12 * best;
    const std::size_t middle = fast.middle(0, last);
    RC_ASSERT(exact(0, middle) + exact(middle, last) <= best + allowed);
  }));
  CHECK(fast_was_bad);  // or the bounds were never needed
}

TEST_CASE("minima between neighbours are those of SMAWK, ties included, or are given up", "[levels]") {
  int found = 0, given_up = 0, wrong = 0;
  REQUIRE(rc::check("rows", [&] {
    // Whole numbers: costs have no rounding errors, and many ties.
    Values values(*rc::gen::inRange<std::size_t>(30, 400));
    const DrawAddress address{*rc::gen::inRange<std::uint64_t>(0, 1u << 30), Stream::generate_features, 0};
    const double width = *rc::gen::inRange(20, 2000);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double u = draw_unit_double(address, i, 0);
      values[i] = static_cast<float>(std::floor(width * u * u));
    }
    const WeightedPoints points = distinct_points(sorted_values(values));
    const FastVarianceCost cost(points, prefix_sums(points));
    const std::size_t n = points.size();
    RowMinima minima(n);
    std::vector<double> before(n), now(n), again(n);
    for (std::size_t m = 0; m < n; ++m) before[m] = cost(0, m);
    std::vector<std::uint32_t> lowest(n, 0), where(n), other(n);
    const auto entry = [&](std::size_t m, std::size_t j) { return before[j] + cost(j, m); };
    for (int stage = 0; stage < 40; ++stage) {
      minima.find(entry, now.data(), where.data());
      const bool done = minima.find_from(lowest, entry, again.data(), other.data());
      (done ? found : given_up) += 1;
      RC_ASSERT(!done || (other == where && again == now));
      // The positive control: minima that do lie before the given columns are missed.
      std::vector<std::uint32_t> late = where;
      for (std::size_t m = 0; m < n; ++m) late[m] = std::min(late[m] + 1, static_cast<std::uint32_t>(m));
      wrong += minima.find_from(late, entry, again.data(), other.data()) && again != now;
      lowest = where;
      before = now;
    }
  }));
  CHECK(found > 1000);
  CHECK(given_up > 10);
  CHECK(wrong > 100);
}

TEST_CASE("an allowed error is kept to", "[levels]") {
  for (int shape = 0; shape < kShapes; ++shape) {
    const Values values = draw_values(shape, 11, 600);
    const WeightedPoints points = distinct_points(sorted_values(values));
    for (const int count : {5, 32, 200}) {
      const double best = variance_at(points, optimal_positions(points, count, 0.0));
      INFO("shape " << shape << ", " << count << " levels");
      for (const double allowed : {1e-10, 1e-8}) {
        const double found = variance_at(points, optimal_positions(points, count, allowed));
        CHECK(found <= best * (1.0 + allowed));
        CHECK(found >= best * (1.0 - 1e-12));
      }
    }
  }
}

TEST_CASE("every strategy gives as many ascending levels as asked for, and covers the values", "[levels]") {
  REQUIRE(rc::check("valid", [] {
    const Values values = any_values(3000);
    const int count = *rc::gen::inRange(2, 65);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double best = total_variance(values, find_levels("optimal", values, count).values());
    for (const ComponentInfo& info : level_strategies().family().members) {
      if (info.name == "given") continue;  // finds nothing
      const LevelSet levels = find_levels(info.name, values, count);
      RC_ASSERT(levels.size() == count);
      RC_ASSERT(std::is_sorted(levels.values().begin(), levels.values().end()));
      if (info.name == "kmeans") {  // the mean of the outermost cluster lies inside it
        RC_ASSERT(levels.low() >= *low);
        RC_ASSERT(levels.high() <= *high);
        continue;
      }
      if (info.name ==
          "released") {  // its outermost levels are .3, .6 or .9 of the largest |value| with five
        const LevelSet five = find_levels(info.name, values, 5);
        RC_ASSERT(five.high() <= std::max(std::fabs(*low), std::fabs(*high)));
        RC_ASSERT(five.low() == -five.high());
        continue;
      }
      const float slack = 1e-6f * std::max(std::fabs(*low), std::fabs(*high));
      RC_ASSERT(levels.low() <= *low);
      RC_ASSERT(levels.high() >= *high - slack);
      // Never better than optimal; float32 levels of the uniform grids may fall a hair short of the ends.
      const double width = static_cast<double>(slack);
      RC_ASSERT(total_variance(values, levels.values()) >=
                best * (1.0 - 1e-9) - static_cast<double>(values.size()) * width *
                                          (width + static_cast<double>(levels.high() - levels.low())));
    }
  }));
}

TEST_CASE("levels among candidates are the best of those, and near the optimum (Theorem 2)", "[levels]") {
  REQUIRE(rc::check("candidates", [] {
    const Values values = any_values(400);
    const int count = *rc::gen::inRange(2, 17);
    const int bins = *rc::gen::inRange(count, 200);
    const auto n = static_cast<double>(values.size());
    const double best = total_variance(values, find_levels("optimal", values, count).values());
    const ParameterValue m = std::int64_t{bins};
    const LevelSet found = find_levels("optimal_candidates", values, count, {{"candidates", m}});
    const double variance = total_variance(values, found.values());
    // Moving a level by at most a bin changes each of its values' error by at most bin * interval.
    const double range = static_cast<double>(found.high()) - static_cast<double>(found.low());
    RC_ASSERT(variance <= best * (1.0 + 1e-9) + 2.0 * n * range * range / bins * (1.0 + 1e-6));
    const LevelSet histogram = find_levels("optimal_histogram", values, count, {{"bins", m}});
    RC_ASSERT(std::equal(found.values().begin(), found.values().end(), histogram.values().begin()));
    // With every value a candidate there is nothing to lose.
    const LevelSet every =
        find_levels("optimal_candidates", values, count,
                    {{"candidates", std::int64_t{4096}}, {"placement", std::string("quantile")}});
    RC_ASSERT(total_variance(values, every.values()) <= best * (1.0 + 1e-6) + n * range * range * 1e-14);
  }));
}

TEST_CASE("spreading values on candidates keeps weight and mean, and adds a constant to all", "[levels]") {
  REQUIRE(rc::check("spread", [] {
    const Values values = any_values(300);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    CandidateHistogram histogram = CandidateHistogram::on_grid(*low, *high, *rc::gen::inRange(1, 100));
    histogram.add(values, 0);
    const WeightedPoints spread = histogram.points();
    double weight = 0.0, mean = 0.0, expected = 0.0, scale = 0.0;
    for (std::size_t i = 0; i < spread.size(); ++i) {
      weight += spread.weight[i];
      mean += spread.weight[i] * static_cast<double>(spread.x[i]);
    }
    for (const float v : values) {
      expected += static_cast<double>(v);
      scale = std::max(scale, std::fabs(static_cast<double>(v)));
    }
    const auto n = static_cast<double>(values.size());
    RC_ASSERT(std::fabs(weight - n) <= 1e-9 * n);
    RC_ASSERT(std::fabs(mean - expected) <= 1e-6 * n * scale);  // edges are float32
  }));
}

TEST_CASE("AdaQuant is within 1 + 1/gamma of the optimum", "[levels]") {
  REQUIRE(rc::check("AdaQuant", [] {
    const Values values = any_values(400);
    const auto k = *rc::gen::inRange<std::size_t>(1, 12), gamma = *rc::gen::inRange<std::size_t>(1, 4);
    const double best = reference_optimal_variance(values, static_cast<int>(k) + 1);
    const WeightedPoints points = distinct_points(sorted_values(values));
    const std::size_t keep = (1 + gamma) * k;
    const auto at = adaquant_positions(points, keep, 2 * keep + 1);
    RC_ASSERT(at.size() <= 2 * keep + 2);
    RC_ASSERT(at.front() == 0);
    RC_ASSERT(at.back() + 1 == points.size());
    RC_ASSERT(variance_at(points, at) <= (1.0 + 1.0 / static_cast<double>(gamma)) * best * (1.0 + 1e-9));
    const LevelSet refined = find_levels("adaquant", values, static_cast<int>(k) + 1);
    RC_ASSERT(total_variance(values, refined.values()) >= best * (1.0 - 1e-9));
  }));
}

}  // namespace
}  // namespace zipml
