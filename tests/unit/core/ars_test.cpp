#include "engine/core/ars.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "engine/core/random.h"

namespace zipml {
namespace {

// FIPS 197, appendix B: the cipher example, start of rounds 1 and 2, and round 10, which is the last.
TEST_CASE("a round of AES gives the published states", "[random]") {
  const AesBlock start1{0x19, 0x3d, 0xe3, 0xbe, 0xa0, 0xf4, 0xe2, 0x2b,
                        0x9a, 0xc6, 0x8d, 0x2a, 0xe9, 0xf8, 0x48, 0x08};
  const AesBlock key1{0xa0, 0xfa, 0xfe, 0x17, 0x88, 0x54, 0x2c, 0xb1,
                      0x23, 0xa3, 0x39, 0x39, 0x2a, 0x6c, 0x76, 0x05};
  const AesBlock start2{0xa4, 0x9c, 0x7f, 0xf2, 0x68, 0x9f, 0x35, 0x2b,
                        0x6b, 0x5b, 0xea, 0x43, 0x02, 0x6a, 0x50, 0x49};
  CHECK(aes_round(start1, key1) == start2);
  const AesBlock start10{0xeb, 0x40, 0xf2, 0x1e, 0x59, 0x2e, 0x38, 0x84,
                         0x8b, 0xa1, 0x13, 0xe7, 0x1b, 0xc3, 0x42, 0xd2};
  const AesBlock key10{0xd0, 0x14, 0xf9, 0xa8, 0xc9, 0xee, 0x25, 0x89,
                       0xe1, 0x3f, 0x0c, 0xc8, 0xb6, 0x63, 0x0c, 0xa6};
  const AesBlock output{0x39, 0x25, 0x84, 0x1d, 0x02, 0xdc, 0x09, 0xfb,
                        0xdc, 0x11, 0x85, 0x97, 0x19, 0x6a, 0x0b, 0x32};
  CHECK(aes_last_round(start10, key10) == output);
}

// Known answers published with Random123 (kat_vectors, ars4x32, 10 rounds).
TEST_CASE("ars4x32 gives the published known answers", "[random]") {
  using Block = std::array<std::uint32_t, 4>;
  CHECK(ars4x32({0, 0, 0, 0}, {0, 0, 0, 0}, 10) == Block{0x8d73ee19, 0x506401ef, 0x13c2dbe4, 0x0cbe9c0d});
  CHECK(ars4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                {0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89},
                10) == Block{0xa516e7d6, 0x8357ad74, 0x5b59b3ec, 0x8763fff3});
  CHECK(ars4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u, 0, 0}, 10) ==
        Block{0xbb3743b1, 0x9f635551, 0xecbc87fc, 0xa19478a9});
}

TEST_CASE("every part of an address changes a draw by AES", "[random]") {
  const auto bits = [](std::uint64_t seed, Stream stream, std::uint32_t epoch, std::uint64_t element,
                       std::uint32_t draw) {
    return draw_bits({seed, stream, epoch, Generator::aes}, element, draw);
  };
  const std::uint32_t value = bits(7, Stream::sample_rounding, 3, 10, 0);
  CHECK(value % 0x10000 == kHalfUnit);
  CHECK(value == bits(7, Stream::sample_rounding, 3, 10, 0));
  CHECK(value != bits(8, Stream::sample_rounding, 3, 10, 0));
  CHECK(value != bits(7 + (std::uint64_t{1} << 32), Stream::sample_rounding, 3, 10, 0));
  CHECK(value != bits(7, Stream::model_rounding, 3, 10, 0));
  CHECK(value != bits(7, Stream::sample_rounding, 4, 10, 0));
  CHECK(value != bits(7, Stream::sample_rounding, 3, 11, 0));
  CHECK(value != bits(7, Stream::sample_rounding, 3, 10 + (std::uint64_t{1} << 35), 0));
  CHECK(value != bits(7, Stream::sample_rounding, 3, 10, 1));
  CHECK(value != draw_bits({7, Stream::sample_rounding, 3}, 10, 0));
}

TEST_CASE("wide draws are refused to the generator of 16 bits", "[random]") {
  const DrawAddress address{1, Stream::sample_rounding, 0, Generator::aes};
  CHECK_THROWS_AS(draw_unit_double(address, 0, 0), std::logic_error);
  CHECK_THROWS_AS(draw_below(address, 0, 0, 9), std::logic_error);
}

}  // namespace
}  // namespace zipml
