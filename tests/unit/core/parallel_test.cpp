#include "engine/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <new>
#include <stdexcept>
#include <vector>

#include "engine/core/component.h"

namespace zipml {
namespace {

TEST_CASE("every block is visited once for any number of threads", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    for (const std::size_t blocks : {0u, 1u, 2u, 7u, 1000u}) {
      std::vector<std::atomic<int>> visits(blocks);
      parallel_blocks(blocks, threads, [&](std::size_t b) { ++visits[b]; });
      for (const auto& count : visits) REQUIRE(count == 1);
    }
  }
}

TEST_CASE("an exception in a block reaches the caller", "[parallel]") {
  for (const int threads : {1, 4}) {
    CHECK_THROWS_WITH(parallel_blocks(100, threads,
                                      [](std::size_t b) {
                                        if (b == 17) throw std::runtime_error("block 17");
                                      }),
                      "block 17");
  }
}

TEST_CASE("tree_sum adds by halves", "[parallel]") {
  CHECK(tree_sum({}) == 0.0);
  const std::vector<double> parts = {1e16, 1.0, -1e16, 1.0};
  CHECK(tree_sum(parts) == (1e16 + 1.0) + (-1e16 + 1.0));
}

TEST_CASE("choose fills defaults and refuses what the description does not have", "[component]") {
  const ComponentFamily family{"things",
                               "",
                               {{"thing",
                                 "",
                                 {{.key = "size", .doc = "", .fallback = 2.0},
                                  {.key = "name", .type = ParameterType::text, .doc = ""}}}}};
  CHECK_THROWS_AS(choose(family, "thing"), std::logic_error);
  CHECK_THROWS_AS(choose(family, "other"), std::logic_error);
  CHECK_THROWS_AS(choose(family, "thing", {{"nme", std::string("a")}}), std::logic_error);
  const ComponentChoice choice = choose(family, "thing", {{"name", std::string("a")}});
  CHECK(choice.parameters.number("size") == 2.0);
  CHECK(choice.parameters.text("name") == "a");
  CHECK_THROWS_AS(choice.parameters.integer("size"), std::logic_error);
  CHECK_THROWS_AS(choice.parameters.number("length"), std::logic_error);
}

TEST_CASE("a team's threads see what the others wrote before they met", "[parallel]") {
  for (const int threads : {1, 2, 5}) {
    std::vector<int> marks(8, 0);
    int size = 0;
    std::atomic<int> wrong{0};
    parallel_team(threads, [&](Team& team, int index) {
      if (index == 0) size = team.size();
      for (int round = 1; round <= 1000; ++round) {
        marks[static_cast<std::size_t>(index)] = round;
        team.meet();
        for (int other = 0; other < team.size(); ++other)
          wrong += marks[static_cast<std::size_t>(other)] != round;
        team.meet();
      }
    });
    CHECK(size >= 1);
    CHECK(size <= threads);
    CHECK(wrong == 0);
  }
}

TEST_CASE("an exception in a team ends the others where they meet, and reaches the caller", "[parallel]") {
  for (const int threads : {1, 2, 5}) {
    for (int thrower = 0; thrower < threads; ++thrower) {
      std::atomic<int> under_way{0};
      const auto work = [&](Team& team, int index) {
        struct Count {
          std::atomic<int>& threads;
          explicit Count(std::atomic<int>& t) : threads(t) { ++threads; }
          ~Count() { --threads; }
        } const counted(under_way);
        for (int round = 0; round < 50; ++round) {
          team.meet();
          if (round == 20 && index == std::min(thrower, team.size() - 1))
            throw std::runtime_error("round 20");
          team.meet();
        }
      };
      CHECK_THROWS_WITH(parallel_team(threads, work), "round 20");
      CHECK(under_way == 0);
    }
  }
}

TEST_CASE("a team is whole again after an exception", "[parallel]") {
  CHECK_THROWS_AS(parallel_team(4, [](Team&, int) { throw std::bad_alloc(); }), std::bad_alloc);
  std::atomic<int> came{0};
  parallel_team(4, [&](Team& team, int) {
    team.meet();
    ++came;
  });
  CHECK(came >= 1);
}

TEST_CASE("a team's parts cover everything once, in multiples of the grain", "[parallel]") {
  for (const int size : {1, 2, 3, 7}) {
    const Team team(size);
    for (const std::size_t n : {0u, 1u, 15u, 16u, 100u, 1000u}) {
      std::size_t at = 0;
      for (int index = 0; index < size; ++index) {
        const auto [first, last] = team.part(index, n, 16);
        CHECK(first == at);
        CHECK((first % 16 == 0 || first == n));
        at = last;
      }
      CHECK(at == n);
    }
  }
}

}  // namespace
}  // namespace zipml
