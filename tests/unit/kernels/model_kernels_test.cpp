#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/random.h"
#include "engine/kernels/field_kernels.h"
#include "engine/kernels/field_reference.h"
#include "targets.h"

// The kernels that round residuals and move the model, on every instruction set.
namespace zipml {
namespace {

AlignedVector<float> normals(std::size_t n, std::uint64_t seed) {
  AlignedVector<float> values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = static_cast<float>(draw_normal({seed, Stream::generate_features, 0}, i, 0));
  return values;
}

TEST_CASE("the largest magnitude is found, and what is not finite is larger than all that is",
          "[kernels][field]") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const std::size_t n : {0u, 1u, 7u, 16u, 33u, 100u}) {
    AlignedVector<float> values = normals(n, 1);
    float want = 0.0f;
    for (const float v : values) want = std::max(want, std::abs(v));
    on_every_target([&] { REQUIRE(same_bits(kernels::largest_magnitude(values.data(), n), want)); });
    for (std::size_t at = 0; at < n; ++at) {
      const float kept = std::exchange(values[at], -kInfinity);
      on_every_target([&] { REQUIRE(kernels::largest_magnitude(values.data(), n) == kInfinity); });
      values[at] = std::numeric_limits<float>::quiet_NaN();
      on_every_target([&] { REQUIRE(std::isnan(kernels::largest_magnitude(values.data(), n))); });
      values[at] = kept;
    }
  }
}

TEST_CASE("weights are rounded as in the plain loop, to a neighbour, and whole ones stay",
          "[kernels][field]") {
  for (const std::size_t n : {1u, 15u, 16u, 17u, 64u, 127u}) {
    const std::size_t room = round_up(n, 16);
    AlignedVector<float> values = normals(room, 2);
    values[0] = 1e9f;
    if (n > 2) {
      values[1] = -1e9f;
      values[2] = 3.0f / 40.0f;
    }
    AlignedVector<std::uint32_t> words(room);
    for (std::size_t i = 0; i < room; ++i) words[i] = draw_bits({3, Stream::gradient_rounding, 0}, i, 0);
    std::vector<std::int8_t> want(room), got(room);
    kernels::reference::round_weights(values.data(), words.data(), n, 40.0f, want.data());
    REQUIRE(want[0] == 127);
    for (std::size_t i = 0; i < n; ++i) {
      const float t = std::clamp(values[i] * 40.0f, -127.0f, 127.0f);
      REQUIRE(std::abs(static_cast<float>(want[i]) - t) < 1.0f);
    }
    on_every_target([&] {
      kernels::round_weights(values.data(), words.data(), n, 40.0f, got.data());
      for (std::size_t i = 0; i < n; ++i) REQUIRE(got[i] == want[i]);
    });
  }
}

TEST_CASE("products and gradient steps equal the plain loops, bit by bit", "[kernels][field]") {
  for (const std::size_t n : {16u, 64u, 1024u}) {
    const AlignedVector<float> step = normals(n, 4), low = normals(n, 5), x = normals(n, 6);
    const AlignedVector<float> parts[3] = {normals(n, 7), normals(n, 8), normals(n, 9)};
    const float* const pointers[3] = {parts[0].data(), parts[1].data(), parts[2].data()};
    AlignedVector<float> want(n), got(n);
    kernels::reference::multiply(step.data(), low.data(), want.data(), n);
    on_every_target([&] {
      kernels::multiply(step.data(), low.data(), got.data(), n);
      REQUIRE(same_bits(got, want));
    });
    for (const std::size_t count : {1u, 2u, 3u}) {
      want = x;
      kernels::reference::apply_gradient(pointers, count, step.data(), low.data(), 0.7f, 0.01f, want.data(),
                                         n);
      on_every_target([&] {
        got = x;
        kernels::apply_gradient(pointers, count, step.data(), low.data(), 0.7f, 0.01f, got.data(), n);
        REQUIRE(same_bits(got, want));
      });
    }
  }
}

}  // namespace
}  // namespace zipml
