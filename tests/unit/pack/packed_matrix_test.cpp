#include "engine/pack/packed_matrix.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "engine/core/random.h"

namespace zipml {
namespace {

std::uint16_t code_at(std::size_t r, std::size_t c, int bits) {
  return static_cast<std::uint16_t>(draw_bits({1, Stream::generate_features, 0}, r * 10007 + c, 0) >>
                                    (32 - bits));
}

bool choice_at(std::size_t r, std::size_t c, int draw) {
  return draw_bits({2, Stream::generate_features, 0}, r * 10007 + c, static_cast<std::uint32_t>(draw)) & 1u;
}

// Backwards, and every row twice, the second time what is asked of the row below: neighbours must survive
// each other's writes.
template <class BaseAt>
void store_twice(PackedMatrix& matrix, const BaseAt& base_at) {
  PackScratch scratch;
  const std::size_t cols = matrix.cols();
  std::vector<std::uint16_t> base(cols);
  for (std::size_t pass = 0; pass < 2; ++pass) {
    for (std::size_t r = matrix.rows(); r-- > 0;) {
      for (std::size_t c = 0; c < cols; ++c) base[c] = base_at(r + pass, c);
      matrix.store_base(r, base.data(), scratch);
      for (int d = 0; matrix.draws() > 1 && d < matrix.draws(); ++d) {
        std::vector<std::uint8_t> choices(packed_bytes(cols, 1) + kPackSlack);
        for (std::size_t c = 0; c < cols; ++c)
          choices[c / 8] = static_cast<std::uint8_t>(choices[c / 8] | choice_at(r + pass, c, d) << (c % 8));
        matrix.store_choices(r, d, choices.data());
      }
    }
  }
}

TEST_CASE("codes come back from a packed matrix, for every width, odd sizes and any number of draws",
          "[pack]") {
  PackScratch scratch;
  for (const int bits : {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 16}) {
    for (const std::size_t cols : {1u, 3u, 8u, 9u, 31u, 64u, 65u, 101u, 1001u}) {
      for (const int draws : {1, 2, 3, 16}) {
        const std::size_t rows = 5;
        PackedMatrix matrix(rows, cols, bits, draws);
        std::vector<std::uint16_t> base(cols), codes(cols);
        store_twice(matrix, [&](std::size_t r, std::size_t c) { return code_at(r, c, bits); });
        for (std::size_t r = 0; r < rows; ++r) {
          matrix.load_base(r, base.data(), scratch);
          for (std::size_t c = 0; c < cols; ++c) REQUIRE(base[c] == code_at(r + 1, c, bits));
          for (int d = 0; d < draws; ++d) {
            matrix.apply_choices(r, d, base.data(), codes.data(), scratch);
            for (std::size_t c = 0; c < cols; ++c) {
              REQUIRE(codes[c] ==
                      static_cast<std::uint16_t>(base[c] + (draws > 1 && choice_at(r + 1, c, d) ? 1 : 0)));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("codes come back from fields, every width in the next power of two, one or two draws", "[pack]") {
  PackScratch scratch;
  for (const int bits : {1, 2, 3, 4, 5, 8}) {
    for (const std::size_t cols : {1u, 63u, 64u, 65u, 127u, 128u, 129u, 511u, 513u, 1001u, 2049u}) {
      for (const int draws : {1, 2}) {
        const std::size_t rows = 3;
        PackedMatrix matrix(rows, cols, bits, draws, RowLayout::fields);
        REQUIRE(matrix.fields() != nullptr);
        REQUIRE(matrix.bytes() == rows * matrix.fields()->layout().row_bytes());
        REQUIRE(matrix.bytes_per_row() * rows == Approx(static_cast<double>(matrix.bytes())));
        std::vector<std::uint16_t> base(cols), codes(cols);
        // With two draws a base index has an upper neighbour.
        const auto base_at = [&](std::size_t r, std::size_t c) {
          const int most = (1 << bits) - draws;
          return static_cast<std::uint16_t>(std::min<int>(code_at(r, c, bits), most));
        };
        store_twice(matrix, base_at);
        for (std::size_t r = 0; r < rows; ++r) {
          matrix.load_base(r, base.data(), scratch);
          for (std::size_t c = 0; c < cols; ++c) REQUIRE(base[c] == base_at(r + 1, c));
          for (int d = 0; d < draws; ++d) {
            matrix.apply_choices(r, d, base.data(), codes.data(), scratch);
            for (std::size_t c = 0; c < cols; ++c)
              REQUIRE(codes[c] == base[c] + (draws > 1 && choice_at(r + 1, c, d) ? 1 : 0));
          }
        }
      }
    }
  }
}

TEST_CASE("a packed matrix takes the memory its bits say, within 2%", "[pack]") {
  for (const int bits : {1, 2, 3, 4, 5, 6, 7, 8, 16}) {
    for (const std::size_t cols : {1u, 9u, 13u, 90u, 91u, 101u, 1000u, 1001u, 5001u}) {
      for (const int draws : {1, 2, 16}) {
        const std::size_t rows = 1000;
        const PackedMatrix matrix(rows, cols, bits, draws);
        const double planes = draws > 1 ? draws : 0;
        const double said = static_cast<double>(rows * cols) * (bits + planes) / 8.0;
        CHECK(static_cast<double>(matrix.bytes()) >= said);
        CHECK(static_cast<double>(matrix.bytes()) <= 1.02 * said + 1.0 + planes);
        CHECK(matrix.bytes_per_row() * rows ==
              Approx(static_cast<double>(matrix.bytes())).margin(1.0 + planes));
      }
    }
  }
}

TEST_CASE("widths and draws that cannot be packed are bugs", "[pack]") {
  CHECK_THROWS_AS(BitMatrix(1, 1, 0), std::logic_error);
  CHECK_THROWS_AS(BitMatrix(1, 1, 17), std::logic_error);
  CHECK_THROWS_AS(PackedMatrix(1, 1, 4, 0), std::logic_error);
  CHECK_THROWS_AS(PackedMatrix(1, 1, 9, 1, RowLayout::fields), std::logic_error);
  CHECK_THROWS_AS(PackedMatrix(1, 1, 4, 3, RowLayout::fields), std::logic_error);
}

}  // namespace
}  // namespace zipml
