#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/quantize/reference_levels.h"
#include "tests/unit/quantize/find_levels.h"

// The paper's bounds on the mean variance of near-optimal levels, as inequalities.
namespace zipml {
namespace {

using testing::find_levels;
using Values = std::vector<float>;

// Lognormal, uniform, clustered, or ties.
Values any_values(std::size_t most) {
  const DrawAddress address{*rc::gen::inRange<std::uint64_t>(0, 1u << 30), Stream::generate_features, 0};
  const int shape = *rc::gen::inRange(0, 4);
  Values values(*rc::gen::inRange<std::size_t>(2, most + 1));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double z = draw_normal(address, i, 0), u = draw_unit_double(address, i, 1);
    const double shapes[] = {portable_exp(z), u, std::floor(4.0 * u) + 0.01 * z, std::floor(20.0 * u)};
    values[i] = static_cast<float>(shapes[shape]);
  }
  return values;
}

TEST_CASE("1,024 lognormal values and 4 levels cost what the published program finds", "[levels]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Values values(1024);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(portable_exp(draw_normal({seed, Stream::generate_features, 0}, i, 0)));
    }
    std::sort(values.begin(), values.end());
    const double best = reference_optimal_variance(values, 4);
    CHECK(std::fabs(total_variance(values, find_levels("optimal", values, 4)) - best) <= 1e-9 * best);
    CHECK(total_variance(values, find_levels("uniform", values, 4)) >
          1.5 * best);  // or there was nothing to find
  }
}

// Theorem 2's constants for M small intervals and the k large intervals of the optimum, in units of the
// values: small intervals are at most a / M long and hold at most b N / M values, large ones cross at most c
// M / k of them.
struct TheoremTwo {
  double a, b, c;
};

TheoremTwo constants(const Values& sorted, const Values& optimum, std::size_t small_intervals) {
  const double m = static_cast<double>(small_intervals), n = static_cast<double>(sorted.size());
  const double low = static_cast<double>(sorted.front()), width = static_cast<double>(sorted.back()) - low;
  const auto place = [&](float v) {
    return std::min(small_intervals - 1,
                    static_cast<std::size_t>((static_cast<double>(v) - low) / width * m));
  };
  std::vector<double> held(small_intervals);
  for (const float v : sorted) held[place(v)] += 1.0;
  double crossed = 1.0;
  for (std::size_t i = 1; i < optimum.size(); ++i) {
    crossed = std::max(crossed, static_cast<double>(place(optimum[i]) - place(optimum[i - 1]) + 1));
  }
  const auto k = static_cast<double>(optimum.size() - 1);
  return {width, *std::max_element(held.begin(), held.end()) * m / n, crossed * k / m};
}

TEST_CASE("levels among M candidates keep Theorem 2's bound", "[levels]") {
  bool was_tight = false;
  REQUIRE(rc::check("MV <= optimum + a^2 b k / (4 M^3) + a^2 b c^2 / (M k)", [&was_tight] {
    Values values = any_values(500);
    std::sort(values.begin(), values.end());
    RC_PRE(values.front() < values.back());
    const int count = *rc::gen::inRange(2, 12), candidates = *rc::gen::inRange(count, 100);
    const Values optimum = find_levels("optimal", values, count);
    const TheoremTwo t = constants(values, optimum, static_cast<std::size_t>(candidates));
    const double m = candidates, k = count - 1, n = static_cast<double>(values.size());
    const double bound = t.a * t.a * t.b * k / (4.0 * m * m * m) + t.a * t.a * t.b * t.c * t.c / (m * k);
    const double best = total_variance(values, optimum) / n;
    for (const char* kind : {"optimal_candidates", "optimal_histogram"}) {
      const char* parameter = std::string(kind) == "optimal_candidates" ? "candidates" : "bins";
      const Values levels = find_levels(kind, values, count, {{parameter, std::int64_t{candidates}}});
      const double variance = total_variance(values, levels) / n;
      RC_ASSERT(variance >= best * (1.0 - 1e-9));
      RC_ASSERT(variance <= best * (1.0 + 1e-9) + bound);
      was_tight = was_tight || variance - best > 0.01 * bound;
    }
  }));
  CHECK(was_tight);  // or any number would have done for a bound
}

TEST_CASE("AdaQuant's 4k intervals as candidates lose at most a factor of 2", "[levels]") {
  bool was_above = false;
  REQUIRE(rc::check("refined AdaQuant <= 2 optimum", [&was_above] {
    const Values values = any_values(500);
    const int count = *rc::gen::inRange(2, 14);
    const double best = reference_optimal_variance(values, count);
    const double found = total_variance(values, find_levels("adaquant", values, count));
    RC_ASSERT(found >= best * (1.0 - 1e-9));
    RC_ASSERT(found <= 2.0 * best * (1.0 + 1e-9));
    was_above = was_above || found > 1.001 * best;
  }));
  CHECK(was_above);
}

}  // namespace
}  // namespace zipml
