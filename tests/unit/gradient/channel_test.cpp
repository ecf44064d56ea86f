#include "engine/gradient/channel.h"

#include "engine/quantize/level_strategy.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace zipml {
namespace {

std::vector<float> normals(std::size_t n) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = static_cast<float>(draw_normal({3, Stream::generate_model, 0}, i, 0));
  }
  return values;
}

std::unique_ptr<Channel> quantized(int bits, const char* rounding) {
  return channels()["quantized"](choose(channels().family(), "quantized",
                                        {{"bits", std::int64_t{bits}}, {"rounding", std::string(rounding)}})
                                     .parameters);
}

TEST_CASE("the full channel passes vectors on and counts float32", "[channel]") {
  const auto channel = channels()["full"]({});
  const auto in = normals(5);
  std::vector<float> out(5);
  channel->transmit(in, out, {}, 0);
  CHECK(in == out);
  CHECK(channel->bytes(5) == 20);
  CHECK(channel->is_unbiased());
}

TEST_CASE("a quantized channel gives levels of the unit interval times the norm", "[channel]") {
  const auto in = normals(33);
  double norm = 0.0;
  for (const float v : in) norm += static_cast<double>(v) * static_cast<double>(v);
  norm = std::sqrt(norm);
  for (const char* rounding : {"stochastic", "nearest"}) {
    const auto channel = quantized(4, rounding);
    std::vector<float> out(33), again(33), other(33);
    const DrawAddress address{1, Stream::model_rounding, 2};
    channel->transmit(in, out, address, 7);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const double position = (static_cast<double>(out[i]) / norm + 1.0) * 15.0 / 2.0;
      CHECK(position == Approx(std::round(position)).margin(1e-4));
      CHECK(std::fabs(out[i] - in[i]) <= norm * 2.0 / 15.0 * (rounding[0] == 'n' ? 0.501 : 1.001));
    }
    channel->transmit(in, again, address, 7);
    CHECK(out == again);
    channel->transmit(in, other, address, 8);
    CHECK((out == other) == (rounding[0] == 'n'));
    CHECK(channel->bytes(33) == (33 * 4 + 7) / 8 + 4);
    CHECK(channel->is_unbiased() == (rounding[0] == 's'));
  }
}

TEST_CASE("vectors without a direction pass a quantized channel unchanged", "[channel]") {
  const auto channel = quantized(2, "stochastic");
  std::vector<float> in(8, 0.0f), out(8, 1.0f);
  channel->transmit(in, out, {}, 0);
  CHECK(in == out);
  in[3] = INFINITY;
  channel->transmit(in, out, {}, 0);
  CHECK(std::isinf(out[3]));
}

TEST_CASE("column scaling has no meaning for a channel", "[channel]") {
  const auto levels =
      component_default(level_strategies().family(), "uniform", {{"scaling", std::string("column")}});
  const auto choice =
      choose(channels().family(), "quantized", {{"bits", std::int64_t{4}}, {"levels", levels}});
  CHECK_THROWS_AS(channels()["quantized"](choice.parameters), std::logic_error);
}

}  // namespace
}  // namespace zipml
