#include "engine/kernels/kernels.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "engine/kernels/reference.h"
#include "tests/unit/kernels/targets.h"

namespace zipml {
namespace {

const std::vector<std::size_t> kSizes = {0,  1,  2,  3,  7,  8,  15,  16,  17,  31,
                                         32, 33, 47, 63, 64, 65, 100, 257, 1001};

std::vector<float> normals(std::size_t n, std::uint64_t seed) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = static_cast<float>(draw_normal({seed, Stream::generate_features, 0}, i, 0));
  }
  return values;
}

TEST_CASE("the tests really dispatch to different instruction sets", "[kernels]") {
  const std::int64_t supported = hwy::SupportedTargets() & HWY_TARGETS;
  const auto names = on_every_target([] {});
  CHECK(names.size() ==
        static_cast<std::size_t>(__builtin_popcountll(static_cast<unsigned long long>(supported))));
  // Compiled for on request only: it would go missing silently.
  if ((hwy::SupportedTargets() & HWY_AVX3_DL) != 0) CHECK(names.count("AVX3_DL") == 1);
}

TEST_CASE("dot, axpy and axpy2 equal the plain loops, bit by bit", "[kernels]") {
  on_every_target([] {
    for (const std::size_t n : kSizes) {
      const auto a = normals(n, 1), b = normals(n, 2), y = normals(n, 3);
      REQUIRE(same_bits(kernels::dot(a.data(), b.data(), n), kernels::reference::dot(a.data(), b.data(), n)));
      auto got = y, want = y;
      kernels::axpy(0.3f, a.data(), got.data(), n);
      kernels::reference::axpy(0.3f, a.data(), want.data(), n);
      REQUIRE(same_bits(got, want));
      kernels::axpy2(0.3f, a.data(), -1.7f, b.data(), got.data(), n);
      kernels::reference::axpy2(0.3f, a.data(), -1.7f, b.data(), want.data(), n);
      REQUIRE(same_bits(got, want));
    }
  });
}

TEST_CASE("padding with zeros does not change a dot product", "[kernels]") {
  for (const std::size_t n : kSizes) {
    auto a = normals(n, 1), b = normals(n, 2);
    const float before = kernels::dot(a.data(), b.data(), n);
    a.resize((n + 15) / 16 * 16);
    b.resize(a.size());
    REQUIRE(kernels::dot(a.data(), b.data(), a.size()) == before);
  }
}

TEST_CASE("random_bits equals the addressed draws", "[kernels]") {
  const DrawAddress address{0x123456789abcdefULL, Stream::sample_rounding, 9};
  on_every_target([&] {
    for (const std::size_t n : kSizes) {
      // The last one makes the block counter carry into its second word.
      for (const std::uint64_t first :
           {std::uint64_t{0}, std::uint64_t{4000}, (std::uint64_t{1} << 34) - 64}) {
        std::vector<std::uint32_t> got(n), want(n);
        kernels::random_bits(address, 5, first, got.data(), n);
        for (std::size_t i = 0; i < n; ++i) want[i] = draw_bits(address, first + i, 5);
        REQUIRE(same_bits(got, want));
      }
    }
  });
}

TEST_CASE("random_bits by AES equals the addressed draws", "[kernels]") {
  const DrawAddress address{0x123456789abcdefULL, Stream::sample_rounding, 9, Generator::aes};
  on_every_target([&] {
    for (const std::size_t n : kSizes) {
      // From the last one on, the counter's first word carries into the second.
      for (const std::uint64_t first :
           {std::uint64_t{0}, std::uint64_t{4004}, (std::uint64_t{1} << 35) - 64}) {
        std::vector<std::uint32_t> got(n), want(n);
        kernels::random_bits(address, 5, first, got.data(), n);
        for (std::size_t i = 0; i < n; ++i) want[i] = draw_bits(address, first + i, 5);
        REQUIRE(same_bits(got, want));
      }
    }
  });
}

TEST_CASE("bracket, nearest, choose and dequantize equal the plain loops, bit by bit", "[kernels]") {
  on_every_target([] {
    for (const std::size_t n : kSizes) {
      for (const std::uint32_t intervals : {1u, 2u, 7u, 255u, 65535u}) {
        auto values = normals(n, 4);
        if (n > 3) {
          values[1] = 100.0f;  // outside the levels
          values[2] = -100.0f;
          values[3] = std::numeric_limits<float>::quiet_NaN();
        }
        std::vector<float> low(n, -3.0f), step(n, 6.0f / static_cast<float>(intervals)), inverse(n);
        for (std::size_t i = 0; i < n; ++i) inverse[i] = i % 5 == 4 ? 0.0f : 1.0f / step[i];
        std::vector<std::uint16_t> got(n), want(n);
        std::vector<float> got_share(n), want_share(n);
        kernels::bracket_uniform(values.data(), low.data(), inverse.data(), intervals, n, got.data(),
                                 got_share.data());
        kernels::reference::bracket_uniform(values.data(), low.data(), inverse.data(), intervals, n,
                                            want.data(), want_share.data());
        REQUIRE(same_bits(got, want));
        REQUIRE(same_bits(got_share, want_share));

        std::vector<std::uint32_t> words(n);
        kernels::random_bits({3, Stream::sample_rounding, 1}, 0, 0, words.data(), n);
        std::vector<std::uint8_t> got_bits((n + 7) / 8, 0xFF), want_bits((n + 7) / 8);
        kernels::choose(words.data(), want_share.data(), n, got_bits.data());
        kernels::reference::choose(words.data(), want_share.data(), n, want_bits.data());
        REQUIRE(same_bits(got_bits, want_bits));

        kernels::nearest_uniform(values.data(), low.data(), inverse.data(), intervals, n, got.data());
        kernels::reference::nearest_uniform(values.data(), low.data(), inverse.data(), intervals, n,
                                            want.data());
        REQUIRE(same_bits(got, want));
        for (const std::uint16_t code : got) REQUIRE(code <= intervals);

        std::vector<float> got_out(n), want_out(n);
        kernels::dequantize_uniform(want.data(), low.data(), step.data(), n, got_out.data());
        kernels::reference::dequantize_uniform(want.data(), low.data(), step.data(), n, want_out.data());
        REQUIRE(same_bits(got_out, want_out));
      }
    }
  });
}

}  // namespace
}  // namespace zipml
