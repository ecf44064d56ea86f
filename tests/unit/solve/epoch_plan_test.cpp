#include "engine/solve/epoch_plan.h"

#include <catch2/catch.hpp>
#include <numeric>
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

}  // namespace
}  // namespace zipml
