#include "engine/kernels/quantize_fields.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/quantize_fields_reference.h"
#include "tests/unit/kernels/targets.h"

namespace zipml {
namespace {

const std::vector<std::size_t> kSizes = {0,  1,   2,   15,  16,  17,  31,  32,  33,   63,   64,   65,
                                         90, 127, 128, 129, 255, 256, 257, 513, 1000, 1025, 2048, 2049};

// A row with what levels can meet: values inside, outside and on the levels, NaN, and constant columns.
struct Row {
  Row(std::size_t n, std::uint32_t interval_count, std::uint64_t seed)
      : values(n), low(n), step(n), inverse(n), intervals(interval_count) {
    for (std::size_t c = 0; c < n; ++c) {
      low[c] = -1.0f - 0.25f * static_cast<float>(c % 7);
      step[c] = c % 11 == 10 ? 0.0f : (2.0f + static_cast<float>(c % 3)) / static_cast<float>(intervals);
      inverse[c] = step[c] == 0.0f ? 0.0f : 1.0f / step[c];
      const float unit = draw_unit_float({seed, Stream::generate_features, 0}, c, 0);
      values[c] = low[c] + unit * step[c] * static_cast<float>(intervals);
      if (c % 13 == 3) values[c] = 100.0f;
      if (c % 13 == 5) values[c] = -100.0f;
      if (c % 13 == 7) values[c] = low[c] + step[c];
      if (c % 13 == 9) values[c] = low[c] + step[c] * static_cast<float>(intervals);
      if (c % 29 == 12) values[c] = low[c] + 1e-7f * step[c];
      if (c % 31 == 14) values[c] = std::numeric_limits<float>::quiet_NaN();
    }
  }
  kernels::UniformColumns columns() const { return {low.data(), inverse.data(), intervals}; }

  std::vector<float> values, low, step, inverse;
  std::uint32_t intervals;
};

// The row that the general path stores: bracket, random words, choice, and then every code by its place.
AlignedVector<std::uint8_t> by_general_path(const FieldLayout& layout, const Row& row,
                                            const DrawAddress& address, std::uint64_t first_element) {
  const std::size_t n = layout.cols;
  std::vector<std::uint16_t> base(n);
  std::vector<float> share(n);
  std::vector<std::uint32_t> words(n);
  std::vector<std::uint8_t> bits((n + 7) / 8 + 1);
  kernels::bracket_uniform(row.values.data(), row.low.data(), row.inverse.data(), row.intervals, n,
                           base.data(), share.data());
  AlignedVector<std::uint8_t> out(layout.row_bytes(), 0);
  for (std::size_t draw = 0; draw < layout.draws; ++draw) {
    kernels::random_bits(address, static_cast<std::uint32_t>(draw), first_element, words.data(), n);
    kernels::choose(words.data(), share.data(), n, bits.data());
    for (std::size_t c = 0; c < n; ++c) {
      const unsigned upper = (bits[c / 8] >> (c % 8)) & 1u;
      if (layout.draws == 1) {
        base[c] = static_cast<std::uint16_t>(base[c] + upper);
      } else {
        out[layout.base_bytes() + draw * layout.plane_bytes() + layout.choice_byte(c)] |=
            static_cast<std::uint8_t>(upper << layout.choice_bit(c));
      }
    }
  }
  for (std::size_t c = 0; c < n; ++c)
    out[c / layout.fields()] |= static_cast<std::uint8_t>(base[c] << (c % layout.fields() * layout.bits));
  return out;
}

std::vector<std::uint32_t> interval_counts(int bits) {
  const auto most = (1u << bits) - 1;
  return bits == 1 ? std::vector<std::uint32_t>{1} : std::vector<std::uint32_t>{1, most - 1, most};
}

template <class F>
void for_every_shape(const F& f) {
  for (const int bits : {1, 2, 4, 8})
    for (const int draws : {1, 2})
      for (const std::uint32_t intervals : interval_counts(bits))
        for (const std::size_t n : kSizes) {
          INFO(bits << " bits, " << draws << " draws, " << intervals << " intervals, n = " << n);
          f(FieldLayout(n, bits, draws), Row(n, intervals, 5 + n));
        }
}

TEST_CASE("quantize_fields writes what the general path stores, bit by bit", "[kernels]") {
  // The last element makes Philox's block counter carry into its second word within a row.
  on_every_target([&] {
    for_every_shape([&](const FieldLayout& layout, const Row& row) {
      for (const std::uint64_t first : {std::uint64_t{1008}, (std::uint64_t{1} << 34) - 64}) {
        const DrawAddress address{0xfedcba9876543210ULL, Stream::sample_rounding, 3};
        AlignedVector<std::uint8_t> got(layout.row_bytes(), 0xAA);
        kernels::quantize_fields(layout, row.values.data(), row.columns(), address, first, got.data());
        REQUIRE(got == by_general_path(layout, row, address, first));
      }
    });
  });
}

// Code of every draw and column, as FieldLayout documents them.
std::vector<unsigned> codes_of(const FieldLayout& layout, const AlignedVector<std::uint8_t>& row) {
  std::vector<unsigned> codes;
  for (std::size_t draw = 0; draw < layout.draws; ++draw) {
    for (std::size_t c = 0; c < layout.cols; ++c) {
      const unsigned field = row[c / layout.fields()] >> (c % layout.fields() * layout.bits);
      codes.push_back(field & ((1u << layout.bits) - 1));
      if (layout.draws == 1) continue;
      const std::size_t plane = layout.base_bytes() + draw * layout.plane_bytes();
      codes.back() += (unsigned{row[plane + layout.choice_byte(c)]} >> layout.choice_bit(c)) & 1u;
    }
  }
  return codes;
}

TEST_CASE("quantize_fields by AES has the codes of the general path, and equals its reference bit by bit",
          "[kernels]") {
  on_every_target([&] {
    for_every_shape([&](const FieldLayout& layout, Row row) {
      // Shares at and beside the ties of 2^-16 and at the upper end of an interval.
      for (std::size_t c = 17; c < layout.cols; c += 19) {
        row.low[c] = 0.0f;
        row.inverse[c] = 1.0f;
        row.values[c] = static_cast<float>(c % 5) / 4.0f * (1.0f - static_cast<float>(c % 4) * 0x1p-18f) +
                        static_cast<float>(c % 7) * 0x1p-17f;
      }
      const DrawAddress address{0xfedcba9876543210ULL, Stream::sample_rounding, 3, Generator::aes};
      AlignedVector<std::uint8_t> got(layout.row_bytes(), 0xAA), want(layout.row_bytes(), 0x55);
      kernels::quantize_fields(layout, row.values.data(), row.columns(), address, 1008, got.data());
      kernels::reference::quantize_fields(layout, row.values.data(), row.columns(), address, 1008,
                                          want.data());
      REQUIRE(got == want);
      REQUIRE(codes_of(layout, got) == codes_of(layout, by_general_path(layout, row, address, 1008)));
    });
  });
}

TEST_CASE("the reference of quantize_fields equals the general path too", "[kernels]") {
  for_every_shape([](const FieldLayout& layout, const Row& row) {
    const DrawAddress address{7, Stream::sample_rounding, 1};
    AlignedVector<std::uint8_t> got(layout.row_bytes(), 0xAA);
    kernels::reference::quantize_fields(layout, row.values.data(), row.columns(), address, 32, got.data());
    REQUIRE(got == by_general_path(layout, row, address, 32));
  });
}

TEST_CASE("quantize_fields_nearest stores the codes of nearest_uniform", "[kernels]") {
  on_every_target([] {
    for_every_shape([](const FieldLayout& layout, const Row& row) {
      if (layout.draws != 1) return;
      AlignedVector<std::uint8_t> got(layout.row_bytes(), 0xAA), want(layout.row_bytes(), 0);
      std::vector<std::uint16_t> codes(layout.cols);
      kernels::nearest_uniform(row.values.data(), row.low.data(), row.inverse.data(), row.intervals,
                               layout.cols, codes.data());
      for (std::size_t c = 0; c < layout.cols; ++c)
        want[c / layout.fields()] |=
            static_cast<std::uint8_t>(codes[c] << (c % layout.fields() * layout.bits));
      kernels::quantize_fields_nearest(layout, row.values.data(), row.columns(), got.data());
      REQUIRE(got == want);
      kernels::reference::quantize_fields_nearest(layout, row.values.data(), row.columns(), got.data());
      REQUIRE(got == want);
    });
  });
}

}  // namespace
}  // namespace zipml
