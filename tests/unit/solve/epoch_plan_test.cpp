#include "engine/solve/epoch_plan.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/random.h"

namespace zipml {
namespace {

TEST_CASE("an epoch's permutation is the plain shuffle with one draw a row", "[solve]") {
  for (const std::size_t rows : {1u, 2u, 7u, 1023u, 1024u, 1025u, 3000u}) {
    std::vector<std::uint32_t> plain(rows), order(rows);
    std::iota(plain.begin(), plain.end(), 0u);
    for (std::size_t i = rows; i > 1; --i)
      std::swap(plain[i - 1], plain[draw_below({5, Stream::permutation, 3}, i - 1, 0, i)]);
    order_rows("permutation", 5, 3, order);
    REQUIRE(order == plain);
  }
}

TEST_CASE("every order but drawing with replacement visits every row once, and epochs differ", "[training]") {
  for (const char* kind : {"permutation", "blocks"}) {
    for (const std::size_t rows : {1u, 63u, 64u, 65u, 1000u, 9000u}) {
      std::vector<std::uint32_t> first(rows), second(rows);
      order_rows(kind, 1, 1, first);
      order_rows(kind, 1, 2, second);
      if (rows == 1000) CHECK(first != second);
      if (std::string(kind) == "blocks") {
        for (std::size_t i = 1; i < rows; ++i)
          CHECK((first[i] == first[i - 1] + 1 || first[i] % kRowsPerOrderBlock == 0));
      }
      std::sort(first.begin(), first.end());
      for (std::size_t i = 0; i < rows; ++i) REQUIRE(first[i] == i);
    }
  }
}

}  // namespace
}  // namespace zipml
