#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "engine/core/portable_math.h"
#include "engine/quantize/level_strategy.h"
#include "engine/quantize/rounding.h"

// Fixed seeds, so a test that passes always passes. Every value's mean over kDraws draws is compared in
// standard errors; with fewer than 1,000 comparisons a correct rounding exceeds 6 of them with probability
// below 2e-6.
namespace zipml {
namespace {

constexpr std::uint32_t kDraws = 20000;
constexpr double kLimit = 6.0;

// Largest deviation of a value's mean from the value, in standard errors.
double worst_deviation(const std::vector<float>& values, const LevelSet& levels, Rounding rounding) {
  double worst = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = static_cast<double>(values[i]);
    double sum = 0.0;
    for (std::uint32_t d = 0; d < kDraws; ++d) {
      const std::uint32_t code =
          round_to_level(rounding, values[i], levels, {17, Stream::sample_rounding, 1}, i, d);
      sum += static_cast<double>(levels.values()[code]) - value;
    }
    // float32 levels and shares shift the mean by about 1e-7 of the interval.
    const double margin = 1e-6 * static_cast<double>(levels.high() - levels.low());
    const double error = std::sqrt(levels.variance(values[i]) / kDraws) + margin;
    worst = std::max(worst, std::fabs(sum / kDraws) / error);
  }
  return worst;
}

TEST_CASE("stochastic rounding is unbiased with every strategy's levels", "[levels]") {
  std::vector<float> values;
  for (std::size_t i = 0; i < 60; ++i) {
    const double normal = draw_normal({4, Stream::generate_features, 0}, i, 0);
    values.push_back(static_cast<float>((i % 2 == 0 ? 1.0 : -1.0) * portable_exp(normal)));
  }
  for (const ComponentInfo& info : level_strategies().family().members) {
    const auto strategy =
        level_strategies()[info.name](choose(level_strategies().family(), info.name).parameters);
    const LevelSet levels = strategy->levels(values, 8);
    INFO(info.name);
    // k-means does not cover the ends: there, and with nearest rounding, the same check must
    // see the bias.
    if (info.name == "kmeans") {
      CHECK(worst_deviation(values, levels, Rounding::stochastic) > kLimit);
    } else {
      CHECK(worst_deviation(values, levels, Rounding::stochastic) < kLimit);
    }
    CHECK(worst_deviation(values, levels, Rounding::nearest) > kLimit);
  }
}

}  // namespace
}  // namespace zipml
