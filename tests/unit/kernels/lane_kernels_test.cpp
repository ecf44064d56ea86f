#include "engine/kernels/lane_kernels.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/core/matrix.h"
#include "engine/core/random.h"
#include "engine/kernels/reference.h"
#include "engine/pack/field_matrix.h"
#include "tests/unit/kernels/targets.h"

namespace zipml {
namespace {

using Floats = AlignedVector<float>;

std::uint32_t word(std::size_t i, std::uint32_t draw) {
  return draw_bits({7, Stream::generate_features, 0}, i, draw);
}

Floats random_floats(std::size_t n, std::uint32_t draw) {
  Floats values(round_up(n, kRowAlignment), 0.0f);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = static_cast<float>(static_cast<std::int32_t>(word(i, draw))) * 0x1p-28f;
  return values;
}

enum class Kind { affine, shared, of_columns };

// Random codes of two rows in a lane layout, what they stand for, and their decoded values.
struct Sample {
  LaneMatrix rows;
  Floats low, step, table;
  kernels::LaneLevels levels;
  std::vector<Floats> values;  // of row 0, by draw, padded with zeros

  Sample(std::size_t cols, int bits, int draws, Kind kind) : rows(2, cols, bits, draws) {
    const std::size_t entries = std::size_t{1} << bits;
    low = random_floats(cols, 10);
    step = random_floats(cols, 11);
    const std::size_t shared = std::max<std::size_t>(entries, 16);
    table = random_floats(kind == Kind::shared ? shared : round_up(cols, kRowAlignment) * entries, 12);
    if (kind == Kind::shared)
      for (std::size_t i = entries; i < shared; ++i) table[i] = table[i % entries];
    if (kind == Kind::affine) {
      levels = {.low = low.data(), .step = step.data()};
    } else {
      levels = {.table = table.data(), .stride = kind == Kind::shared ? 0 : entries};
    }
    // Base indices of two draws leave room for the choice.
    const std::size_t most = draws == 2 ? entries - 1 : entries;
    std::vector<std::uint16_t> base(cols), codes(cols);
    for (std::size_t c = 0; c < cols; ++c) base[c] = static_cast<std::uint16_t>(word(c, 1) % most);
    rows.store_base(0, base.data());
    for (int draw = 0; draw < draws; ++draw) {
      std::vector<std::uint8_t> choices(cols / 8 + 1);
      codes = base;
      if (draws == 2) {
        for (std::size_t c = 0; c < cols; ++c) {
          const std::uint32_t choice = word(c, 2 + static_cast<std::uint32_t>(draw)) >> 31;
          choices[c / 8] = static_cast<std::uint8_t>(choices[c / 8] | choice << c % 8);
          codes[c] = static_cast<std::uint16_t>(codes[c] + choice);
        }
        rows.store_choices(0, draw, choices.data());
      }
      Floats& decoded = values.emplace_back(round_up(cols, kRowAlignment), 0.0f);
      for (std::size_t c = 0; c < cols; ++c) {
        const std::size_t at = c * levels.stride + codes[c];
        decoded[c] = kind == Kind::affine ? low[c] + step[c] * static_cast<float>(codes[c]) : table[at];
      }
    }
  }
};

TEST_CASE("lane kernels give the bits of decoded rows, on every instruction set", "[kernels][lanes]") {
  const auto names = on_every_target([] {
    for (const int bits : {1, 2, 4, 8}) {
      for (const int draws : {1, 2}) {
        for (const Kind kind : {Kind::affine, Kind::shared, Kind::of_columns}) {
          for (const std::size_t cols : {1, 15, 16, 17, 31, 63, 90, 127, 128, 129, 255, 300, 1000}) {
            const Sample sample(cols, bits, draws, kind);
            const LaneLayout& layout = sample.rows.layout();
            INFO(bits << " bits, " << draws << " draws, levels " << static_cast<int>(kind) << ", " << cols
                      << " columns");
            const Floats x = random_floats(cols, 20);
            const std::uint8_t *row = sample.rows.row(0), *other = sample.rows.row(1);
            for (std::size_t draw = 0; draw < static_cast<std::size_t>(draws); ++draw) {
              const Floats& values = sample.values[draw];
              const float dot = kernels::lane_dot(layout, row, draw, sample.levels, x.data(), other);
              REQUIRE(same_bits(dot, kernels::reference::dot(values.data(), x.data(), x.size())));
              Floats got = x, want = x;
              kernels::lane_axpy(layout, row, draw, sample.levels, 1.7f, got.data());
              kernels::reference::axpy(1.7f, values.data(), want.data(), cols);
              REQUIRE(same_bits(got, want));
            }
            if (draws == 1) continue;
            Floats got = x, want = x;
            kernels::lane_axpy2(layout, row, sample.levels, 1.7f, -0.9f, got.data());
            kernels::reference::axpy2(1.7f, sample.values[0].data(), -0.9f, sample.values[1].data(),
                                      want.data(), cols);
            REQUIRE(same_bits(got, want));
          }
        }
      }
    }
  });
  CHECK_FALSE(names.empty());
}

TEST_CASE("codes in lanes are read back as stored", "[kernels][lanes]") {
  for (const int bits : {1, 2, 4, 8}) {
    LaneMatrix rows(3, 201, bits, 1);
    for (std::size_t r = 0; r < 3; ++r) {
      std::vector<std::uint16_t> codes(201), got(201);
      for (std::size_t c = 0; c < codes.size(); ++c)
        codes[c] = static_cast<std::uint16_t>(word(c, static_cast<std::uint32_t>(r)) % (1u << bits));
      rows.store_base(r, codes.data());
      rows.load_base(r, got.data());
      CHECK(got == codes);
    }
    CHECK(rows.layout().row_bytes() ==
          round_up(201, 128 / static_cast<std::size_t>(bits)) * static_cast<std::size_t>(bits) / 8);
  }
}

TEST_CASE("lane kernels refuse a draw that rows do not have", "[kernels][lanes]") {
  const Sample sample(20, 4, 1, Kind::affine);
  Floats x = random_floats(20, 20);
  const std::uint8_t* row = sample.rows.row(0);
  const LaneLayout& layout = sample.rows.layout();
  CHECK_THROWS_AS(kernels::lane_dot(layout, row, 1, sample.levels, x.data(), row), std::logic_error);
  CHECK_THROWS_AS(kernels::lane_axpy2(layout, row, sample.levels, 1.0f, 1.0f, x.data()), std::logic_error);
}

}  // namespace
}  // namespace zipml
