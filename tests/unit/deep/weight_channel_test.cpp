#include "engine/deep/weight_channel.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "engine/quantize/level_strategy.h"
#include "engine/quantize/rounding.h"

namespace zipml {
namespace {

std::unique_ptr<WeightChannel> channel(const std::string& levels, const std::string& rounding,
                                       std::int64_t bits = 3, std::int64_t count = 5) {
  const ComponentChoice choice = choose(weight_channels().family(), "quantized",
                                        {{"bits", bits},
                                         {"levels_count", count},
                                         {"levels", component_default(level_strategies().family(), levels)},
                                         {"rounding", rounding}});
  return weight_channels()["quantized"](choice.parameters);
}

std::vector<float> normals(std::size_t n) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = static_cast<float>(draw_normal({5, Stream::generate_features, 0}, i, 0));
  return values;
}

constexpr DrawAddress kAddress{7, Stream::weight_rounding, 3};

TEST_CASE("XNOR5 by hand: nearest of five uniform levels of the tensor's own scale", "[deep]") {
  const std::vector<float> values = {-2.0f, -1.6f, -0.4f, 0.3f, 0.6f, 1.4f};
  std::vector<float> out(6);
  channel("xnor", "nearest")->quantize(values, kAddress, 0, 0, out);
  CHECK(out == std::vector<float>{-2, -2, 0, 0, 1, 1});
}

TEST_CASE("weights become at most five levels, which are those of the strategy", "[deep]") {
  const std::vector<float> values = normals(3001);
  for (const char* levels : {"optimal", "xnor", "kmeans", "released", "optimal_histogram"}) {
    const auto strategy =
        level_strategies()[levels](choose(level_strategies().family(), levels).parameters)->levels(values, 5);
    const std::set<float> allowed(strategy.values().begin(), strategy.values().end());
    for (const char* rounding : {"nearest", "stochastic"}) {
      INFO(levels << " " << rounding);
      std::vector<float> out(values.size());
      channel(levels, rounding)->quantize(values, kAddress, 16, 0, out);
      const std::set<float> found(out.begin(), out.end());
      for (const float v : found) CHECK(allowed.count(v) == 1);
      for (std::size_t i = 0; i < 100; ++i) {
        const std::uint32_t code =
            round_to_level(roundings()[rounding], values[i], strategy, kAddress, 16 + i, 0);
        CHECK(out[i] == strategy.values()[code]);
      }
    }
  }
}

TEST_CASE("optimal levels have the least variance, k-means the least squared error of nearest rounding",
          "[deep]") {
  const std::vector<float> values = normals(2000);
  const auto error = [&](const char* levels, const char* rounding) {
    std::vector<float> out(values.size());
    double sum = 0.0;
    for (std::uint32_t draw = 0; draw < 20; ++draw) {
      channel(levels, rounding)->quantize(values, kAddress, 0, draw, out);
      for (std::size_t i = 0; i < out.size(); ++i)
        sum += std::pow(static_cast<double>(out[i] - values[i]), 2);
    }
    return sum;
  };
  CHECK(error("optimal", "stochastic") < 0.9 * error("xnor", "stochastic"));
  CHECK(error("kmeans", "nearest") < error("optimal", "nearest"));
  CHECK(error("kmeans", "nearest") < error("released", "nearest"));
  CHECK(error("optimal", "nearest") < error("optimal", "stochastic"));
}

TEST_CASE("what is sent is counted: codes and levels", "[deep]") {
  CHECK(channel("optimal", "nearest")->bytes(1000) == 375 + 20);
  CHECK(channel("xnor", "nearest", 1, 2)->bytes(10) == 2 + 8);
  CHECK(weight_channels()["full"]({})->bytes(10) == 40);
}

}  // namespace
}  // namespace zipml
