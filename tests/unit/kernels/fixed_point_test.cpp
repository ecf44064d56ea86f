#include "engine/kernels/fixed_point.h"

#include <catch2/catch.hpp>

#include "engine/core/random.h"
#include "engine/kernels/fixed_point_reference.h"
#include "engine/pack/field_matrix.h"
#include "tests/unit/kernels/targets.h"

namespace zipml {
namespace {

using kernels::FixedPointProducts;
using kernels::FixedPointRows;
using kernels::FixedPointShape;

std::uint32_t word(std::size_t i, std::uint32_t draw) {
  return draw_bits({11, Stream::generate_features, 0}, i, draw);
}

// Four rows of random codes, as stored, and a model; `largest`: all of the largest magnitude.
struct Sample {
  FixedPointShape shape;
  LaneMatrix matrix;
  FixedPointRows rows{};
  AlignedVector<std::int16_t> model;

  Sample(std::size_t cols, int bits, int draws, int levels, bool largest = false)
      : shape(LaneLayout(cols, bits, draws), levels), matrix(4, cols, bits, draws), model(shape.positions()) {
    const auto most = static_cast<std::uint32_t>(draws == 2 ? levels - 1 : levels);
    for (std::size_t r = 0; r < 4; ++r) {
      std::vector<std::uint16_t> base(cols);
      for (std::size_t c = 0; c < cols; ++c)
        base[c] = static_cast<std::uint16_t>(largest ? most - 1 : word(r * cols + c, 0) % most);
      matrix.store_base(r, base.data());
      for (int draw = 0; draws == 2 && draw < 2; ++draw) {
        std::vector<std::uint8_t> choices(cols / 8 + 1);
        for (std::size_t i = 0; i < choices.size(); ++i) {
          const std::uint32_t of_row = word(r * cols + i, 1 + static_cast<std::uint32_t>(draw));
          choices[i] = static_cast<std::uint8_t>(largest ? 0xFFu : of_row);
        }
        choices.back() = static_cast<std::uint8_t>(choices.back() & ((1u << cols % 8) - 1u));
        matrix.store_choices(r, draw, choices.data());
      }
      rows.rows[r] = rows.ahead[r] = matrix.row(r);
    }
    for (std::size_t c = 0; c < cols; ++c)
      model[shape.position(c)] = static_cast<std::int16_t>(largest ? 32767 : word(c, 9) >> 16);
  }
};

TEST_CASE("fixed-point kernels are exact, on every instruction set", "[kernels][fixed_point]") {
  on_every_target([] {
    for (const int bits : {1, 2, 4}) {
      for (const int draws : {1, 2}) {
        for (const int levels : {1 << bits, std::max(2, (1 << bits) - 1)}) {
          for (const std::size_t cols : {1u, 15u, 16u, 17u, 33u, 64u, 90u, 127u, 128u, 129u, 300u, 1000u}) {
            Sample sample(cols, bits, draws, levels);
            for (const std::size_t count : {1u, 2u, 4u}) {
              INFO(bits << " bits, " << draws << " draws, " << levels << " levels, " << cols << " columns, "
                        << count << " rows");
              sample.rows.count = count;
              FixedPointProducts got{}, want{};
              kernels::fixed_point_products(sample.shape, sample.rows, sample.model.data(), got);
              kernels::reference::fixed_point_products(sample.shape, sample.rows, sample.model.data(), want);
              for (std::size_t k = 0; k < count; ++k) {
                REQUIRE(got.dots[k] == want.dots[k]);
                for (std::size_t j = 0; j < k; ++j) REQUIRE(got.grams[j][k] == want.grams[j][k]);
              }
              const std::int16_t factors[4] = {static_cast<std::int16_t>(32767 / (levels - 1)), -3, 0, 1900};
              auto got_model = sample.model, want_model = sample.model;
              kernels::fixed_point_update(sample.shape, sample.rows, factors, got_model.data());
              kernels::reference::fixed_point_update(sample.shape, sample.rows, factors, want_model.data());
              REQUIRE(got_model == want_model);
              REQUIRE(kernels::fixed_point_largest(got_model.data(), got_model.size()) ==
                      kernels::reference::fixed_point_largest(want_model.data(), want_model.size()));
            }
          }
        }
      }
    }
  });
}

TEST_CASE("the longest fixed-point sums are exact", "[kernels][fixed_point]") {
  for (const int draws : {1, 2}) {
    Sample sample(65536, 4, draws, 16, true);
    sample.rows.count = 2;
    FixedPointProducts products{};
    kernels::fixed_point_products(sample.shape, sample.rows, sample.model.data(), products);
    CHECK(products.dots[0] == std::int64_t{65536} * 15 * 32767);
    CHECK(products.dots[1] == products.dots[0]);
    CHECK(products.grams[0][1] == 65536 * 15 * 15);
  }
}

TEST_CASE("fixed-point kernels refuse what they cannot hold", "[kernels][fixed_point]") {
  CHECK_THROWS_AS(FixedPointShape(LaneLayout(10, 8, 1), 256), std::logic_error);
  CHECK_THROWS_AS(FixedPointShape(LaneLayout(10, 4, 1), 17), std::logic_error);
  CHECK_THROWS_AS(FixedPointShape(LaneLayout(65537, 4, 1), 16), std::logic_error);
  Sample sample(10, 4, 1, 16);
  sample.rows.count = 3;
  FixedPointProducts products{};
  CHECK_THROWS_AS(kernels::fixed_point_products(sample.shape, sample.rows, sample.model.data(), products),
                  std::logic_error);
}

}  // namespace
}  // namespace zipml
