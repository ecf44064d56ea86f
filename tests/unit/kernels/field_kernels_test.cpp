#include "engine/kernels/field_kernels.h"

#include <sys/mman.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/random.h"
#include "engine/kernels/field_reference.h"
#include "tests/unit/kernels/targets.h"

namespace zipml {
namespace {

using kernels::FieldDraws;
using kernels::FieldRows;

const std::vector<std::size_t> kColumns = {1, 63, 64, 65, 90, 127, 512, 513, 1000, 1025};
const std::vector<std::size_t> kCounts = {0, 1, 2, 3, 4, 5, 31, 128};

std::uint32_t word(std::uint64_t seed, std::size_t i) {
  return draw_bits({seed, Stream::generate_features, 0}, i, 0);
}

// `size` bytes, whole cache lines, followed by memory that must not be touched.
class GuardedBytes {
 public:
  explicit GuardedBytes(std::size_t size)
      : mapped_(round_up(size, kPage) + kPage),
        start_(mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    REQUIRE(start_ != MAP_FAILED);
    std::uint8_t* guard = static_cast<std::uint8_t*>(start_) + mapped_ - kPage;
    REQUIRE(mprotect(guard, kPage, PROT_NONE) == 0);
    bytes_ = guard - size;
  }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  ~GuardedBytes() { munmap(start_, mapped_); }
  std::uint8_t* data() const { return bytes_; }

 private:
  static constexpr std::size_t kPage = 4096;
  std::size_t mapped_;
  void* start_;
  std::uint8_t* bytes_ = nullptr;
};

enum class Values { random, largest };

// Rows with a code for every draw and column, laid out byte by byte as FieldLayout says.
struct CodedRows {
  CodedRows(std::size_t columns, int bits, int draws, std::size_t count, Values values)
      : layout(columns, bits, draws), bytes(count * layout.row_bytes()) {
    const auto most = static_cast<std::uint32_t>((1 << bits) - 1);
    for (int d = 0; d < draws; ++d) codes.emplace_back(count * columns);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint8_t* row = bytes.data() + i * layout.row_bytes();
      rows.push_back(row);
      for (std::size_t c = 0; c < columns; ++c) {
        const std::uint32_t random = values == Values::largest ? 0xFFFFFFFF : word(1, i * columns + c);
        const std::uint32_t base = draws == 1                  ? random & most
                                   : values == Values::largest ? most - 1
                                                               : random % most;
        row[c / layout.fields()] |= static_cast<std::uint8_t>(base << (c % layout.fields() * layout.bits));
        for (std::size_t d = 0; d < codes.size(); ++d) {
          const std::uint32_t choice = draws == 1 ? 0 : random >> (30 + d) & 1;
          if (draws == 2)
            row[layout.base_bytes() + d * layout.plane_bytes() + layout.choice_byte(c)] |=
                static_cast<std::uint8_t>(choice << layout.choice_bit(c));
          codes[d][i * columns + c] = static_cast<int>(base + choice);
        }
      }
    }
  }

  FieldRows first(std::size_t count) const { return {rows.data(), nullptr, count}; }
  FieldRows prefetching(std::size_t count) const {
    return {rows.data(), rows.data() + (rows.size() - count), count};
  }

  FieldLayout layout;
  GuardedBytes bytes;
  std::vector<const std::uint8_t*> rows;
  std::vector<std::vector<int>> codes;  // of each draw, row by row
};

std::vector<FieldDraws> choices_of_draws(const FieldLayout& layout) {
  if (layout.draws == 1) return {FieldDraws::first};
  return {FieldDraws::first, FieldDraws::second, FieldDraws::both};
}

// Random limbs of every value; or all of them the largest, of one sign or the other.
AlignedVector<std::int8_t> limbs_of_model(const FieldLayout& layout, int limbs, int extreme = 0) {
  AlignedVector<std::int8_t> model(layout.positions() * static_cast<std::size_t>(limbs));
  for (std::size_t i = 0; i < model.size(); ++i)
    model[i] = static_cast<std::int8_t>(extreme != 0 ? extreme : static_cast<int>(word(2, i) & 0xFF) - 128);
  return model;
}

// Weights of `count` rows, zeros up to a multiple of 4, and the same again for a second draw.
std::vector<std::int8_t> weights_of(std::size_t count, int extreme = 0) {
  const std::size_t rounded = round_up(count, 4);
  std::vector<std::int8_t> weights(2 * rounded);
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (i % std::max<std::size_t>(rounded, 1) < count)
      weights[i] =
          static_cast<std::int8_t>(extreme != 0 ? extreme : static_cast<int>(word(3, i) % 255) - 127);
  return weights;
}

// Both kernels on the first `count` rows, against the plain loops.
void check_against_reference(const CodedRows& data, const FieldRows& rows, FieldDraws draws, int limbs,
                             const AlignedVector<std::int8_t>& model,
                             const std::vector<std::int8_t>& weights) {
  const FieldLayout& layout = data.layout;
  std::vector<double> dots(2 * rows.count, -1.0), want_dots = dots;
  kernels::field_dots(layout, rows, draws, model.data(), limbs, dots.data());
  kernels::reference::field_dots(layout, rows, draws, model.data(), limbs, want_dots.data());
  REQUIRE(same_bits(dots, want_dots));
  for (const bool add : {false, true}) {
    AlignedVector<float> sums(layout.positions());
    for (std::size_t p = 0; p < sums.size(); ++p) sums[p] = static_cast<float>(p) * 0.37f;
    auto want = sums;
    kernels::field_gradient(layout, rows, draws, weights.data(), 0.013f, add, sums.data());
    kernels::reference::field_gradient(layout, rows, draws, weights.data(), 0.013f, add, want.data());
    REQUIRE(same_bits(sums, want));
  }
}

TEST_CASE("field dots and gradients equal the plain loops, bit by bit", "[kernels][field]") {
  for (const int bits : {1, 2, 4, 8}) {
    for (const int draws : {1, 2}) {
      for (const std::size_t columns : kColumns) {
        const CodedRows data(columns, bits, draws, kCounts.back(), Values::random);
        on_every_target([&] {
          for (const std::size_t count : kCounts) {
            for (const FieldDraws used : choices_of_draws(data.layout)) {
              for (const int limbs : {1, 2}) {
                CAPTURE(bits, draws, columns, count, static_cast<int>(used), limbs);
                const auto model = limbs_of_model(data.layout, limbs);
                const auto weights = weights_of(count);
                check_against_reference(data, data.first(count), used, limbs, model, weights);
                check_against_reference(data, data.prefetching(count), used, limbs, model, weights);
              }
            }
          }
        });
      }
    }
  }
}

TEST_CASE("field kernels are exact at their largest sums", "[kernels][field]") {
  for (const int bits : {1, 2, 4, 8}) {
    for (const int draws : {1, 2}) {
      const CodedRows wide(kernels::kMostFieldColumns, bits, draws, 5, Values::largest);
      const CodedRows tall(513, bits, draws, kernels::kMostFieldRows, Values::largest);
      const std::int64_t code = (1 << bits) - 1;
      on_every_target([&] {
        for (const FieldDraws used : choices_of_draws(wide.layout)) {
          for (const int limbs : {1, 2}) {
            for (const int value : {127, -127, -128}) {
              CAPTURE(bits, draws, static_cast<int>(used), limbs, value);
              const std::size_t sets = used == FieldDraws::both ? 2 : 1;
              const auto model = limbs_of_model(wide.layout, limbs, value);
              std::vector<double> dots(sets * wide.rows.size());
              kernels::field_dots(wide.layout, wide.first(wide.rows.size()), used, model.data(), limbs,
                                  dots.data());
              const auto columns = static_cast<std::int64_t>(kernels::kMostFieldColumns);
              const double want_dot = static_cast<double>(columns * code * value * (limbs == 2 ? 257 : 1));
              for (const double dot : dots) REQUIRE(dot == want_dot);

              AlignedVector<float> sums(tall.layout.positions());
              kernels::field_gradient(tall.layout, tall.first(tall.rows.size()), used,
                                      weights_of(tall.rows.size(), value).data(), 1.0f, false, sums.data());
              const auto rows = static_cast<std::int64_t>(sets * tall.rows.size());
              for (std::size_t c = 0; c < tall.layout.cols; ++c)
                REQUIRE(sums[tall.layout.position(c)] == static_cast<float>(rows * code * value));
            }
          }
        }
      });
    }
  }
}

TEST_CASE("the plain field loops compute sums over columns", "[kernels][field]") {
  for (const int bits : {1, 2, 4, 8}) {
    for (const int draws : {1, 2}) {
      for (const std::size_t columns : {1u, 65u, 1000u, 1500u}) {
        const std::size_t count = 6, rounded = 8;
        const CodedRows data(columns, bits, draws, count, Values::random);
        const FieldLayout& layout = data.layout;
        CAPTURE(bits, draws, columns);

        // Whole numbers at unit scale: quantizing keeps them, whatever is drawn.
        std::vector<int> of_column(columns);
        AlignedVector<float> w(layout.positions(), 5.0f);  // padding too
        const int most = kernels::largest_model_value(2);
        for (std::size_t c = 0; c < columns; ++c) {
          of_column[c] = static_cast<int>(word(4, c) % static_cast<std::uint32_t>(2 * most + 1)) - most;
          w[layout.position(c)] = static_cast<float>(of_column[c]);
        }
        const AlignedVector<std::uint16_t> random(layout.positions(), 7);
        AlignedVector<std::int8_t> model(2 * layout.positions());
        kernels::reference::quantize_model(w.data(), random.data(), layout.positions(), 1.0f, 2,
                                           model.data());
        const auto weights = weights_of(count);

        for (const FieldDraws used : choices_of_draws(layout)) {
          std::vector<std::size_t> sets;
          if (used != FieldDraws::second) sets.push_back(0);
          if (used != FieldDraws::first) sets.push_back(1);
          std::vector<double> dots(sets.size() * count);
          kernels::reference::field_dots(layout, data.first(count), used, model.data(), 2, dots.data());
          std::vector<float> want(layout.positions(), 0.0f), sums(layout.positions());
          for (std::size_t s = 0; s < sets.size(); ++s) {
            for (std::size_t i = 0; i < count; ++i) {
              std::int64_t dot = 0;
              for (std::size_t c = 0; c < columns; ++c) {
                const int code = data.codes[sets[s]][i * columns + c];
                dot += std::int64_t{code} * of_column[c];
                want[layout.position(c)] += static_cast<float>(weights[s * rounded + i] * code) * 0.5f;
              }
              REQUIRE(dots[s * count + i] == static_cast<double>(dot));
            }
          }
          kernels::reference::field_gradient(layout, data.first(count), used, weights.data(), 0.5f, false,
                                             sums.data());
          REQUIRE(sums == want);
        }
      }
    }
  }
}

TEST_CASE("columns have positions and choice bits of their own", "[kernels][field]") {
  for (const int bits : {1, 2, 4, 8}) {
    for (const std::size_t columns : {1u, 64u, 90u, 1000u, 4096u}) {
      const FieldLayout layout(columns, bits, 2);
      std::vector<int> positions(layout.positions(), 0), choices(8 * layout.plane_bytes(), 0);
      for (std::size_t c = 0; c < columns; ++c) {
        ++positions.at(layout.position(c));
        ++choices.at(8 * layout.choice_byte(c) + layout.choice_bit(c));
        REQUIRE(layout.choice_bit(c) < 8);
      }
      CHECK(std::count(positions.begin(), positions.end(), 1) == static_cast<std::ptrdiff_t>(columns));
      CHECK(std::count(choices.begin(), choices.end(), 1) == static_cast<std::ptrdiff_t>(columns));
    }
  }
  CHECK_THROWS_AS(FieldLayout(3, 3, 1), std::logic_error);
  CHECK_THROWS_AS(FieldLayout(3, 4, 3), std::logic_error);
}

// The value at a position, from the place that quantize_model() documents.
int value_at(const AlignedVector<std::int8_t>& model, int limbs, std::size_t position) {
  std::size_t byte = 0;
  while (FieldLayout::position_in_block(byte) != position % 64) ++byte;
  const std::size_t low = position / 64 * 64 * static_cast<std::size_t>(limbs) + byte;
  return limbs == 1 ? model[low] : model[low] + 256 * model[low + 64];
}

TEST_CASE("quantized models equal the plain loops and keep to their limits", "[kernels][field]") {
  for (const int limbs : {1, 2}) {
    const auto most = static_cast<float>(kernels::largest_model_value(limbs));
    for (const std::size_t positions : {64u, 128u, 1024u}) {
      for (const float inverse_scale : {1.0f, 0.75f, 3.1f}) {
        AlignedVector<float> w(positions);
        AlignedVector<std::uint16_t> random(positions);
        for (std::size_t p = 0; p < positions; ++p) {
          w[p] = (static_cast<float>(word(5, p)) * 0x1p-31f - 1.0f) * most * 0.8f;  // some beyond the limits
          random[p] = static_cast<std::uint16_t>(word(6, p));
        }
        const std::vector<float> special = {0.0f,  -0.0f,        most,        -most,        most + 0.5f,
                                            1e30f, -1e30f,       -1e-30f,     1e-30f,       0.5f,
                                            -0.5f, 127.5f,       -128.5f,     most - 0.25f, -most + 0.25f,
                                            128.f, -most - 0.5f, 0.99999994f, 32511.75f};
        std::copy(special.begin(), special.end(), w.begin());
        AlignedVector<std::int8_t> want(positions * static_cast<std::size_t>(limbs)), got = want;
        kernels::reference::quantize_model(w.data(), random.data(), positions, inverse_scale, limbs,
                                           want.data());
        on_every_target([&] {
          std::fill(got.begin(), got.end(), std::int8_t{0});
          kernels::quantize_model(w.data(), random.data(), positions, inverse_scale, limbs, got.data());
          REQUIRE(same_bits(got, want));
        });
        for (std::size_t p = 0; p < positions; ++p) {
          const float t = std::clamp(w[p] * inverse_scale, -most, most);
          const auto value = static_cast<float>(value_at(want, limbs, p));
          REQUIRE(std::abs(value) <= most);
          REQUIRE(std::abs(value - t) <= 1.0f);
          if (t == std::floor(t)) REQUIRE(value == t);
        }
      }
    }
  }
}

TEST_CASE("a share of k / 2^16 is rounded up by k of the 2^16 draws", "[kernels][field]") {
  constexpr std::size_t kDraws = 65536;
  AlignedVector<std::uint16_t> random(kDraws);
  for (std::size_t p = 0; p < kDraws; ++p) random[p] = static_cast<std::uint16_t>(p);
  for (const int limbs : {1, 2}) {
    for (const int floor : {0, 5, -1, -7, 126}) {
      for (const int k : {0, 1, 2, 255, 32768, 40000, 65535}) {
        const AlignedVector<float> w(kDraws, static_cast<float>(floor) + static_cast<float>(k) * 0x1p-16f);
        AlignedVector<std::int8_t> model(kDraws * static_cast<std::size_t>(limbs));
        on_every_target([&] {
          kernels::quantize_model(w.data(), random.data(), kDraws, 1.0f, limbs, model.data());
          int up = 0;
          for (std::size_t block = 0; block < kDraws; block += 64) {
            const std::size_t low = block * static_cast<std::size_t>(limbs);
            for (std::size_t b = 0; b < 64; ++b)
              up += model[low + b] + (limbs == 2 ? 256 * model[low + 64 + b] : 0) - floor;
          }
          REQUIRE(up == k);
        });
      }
    }
  }
}

TEST_CASE("field kernels refuse what they are not exact for", "[kernels][field]") {
  const CodedRows data(64, 8, 1, 1, Values::random);
  std::vector<double> dots(2);
  const auto model = limbs_of_model(data.layout, 1);
  CHECK_THROWS_AS(
      kernels::field_dots(data.layout, data.first(1), FieldDraws::both, model.data(), 1, dots.data()),
      std::logic_error);
  CHECK_THROWS_AS(kernels::field_dots(FieldLayout(kernels::kMostFieldColumns + 1, 8, 1), data.first(1),
                                      FieldDraws::first, model.data(), 1, dots.data()),
                  std::logic_error);
  AlignedVector<float> sums(data.layout.positions());
  const std::vector<std::int8_t> weights(132);
  CHECK_THROWS_AS(kernels::field_gradient(data.layout, {data.rows.data(), nullptr, 129}, FieldDraws::first,
                                          weights.data(), 1.0f, false, sums.data()),
                  std::logic_error);
}

}  // namespace
}  // namespace zipml
