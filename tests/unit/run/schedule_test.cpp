#include "experiments/run/schedule.h"

#include <catch2/catch.hpp>
#include <stdexcept>

namespace zipml {
namespace {

using Index = std::optional<std::size_t>;

TEST_CASE("tasks are taken in order, those that wait are passed over", "[run]") {
  Schedule schedule;
  const std::size_t tuning = schedule.add();
  const std::size_t waiting = schedule.add(tuning);
  const std::size_t free = schedule.add();
  REQUIRE(schedule.take() == Index(tuning));
  REQUIRE(schedule.take() == Index(free));
  REQUIRE(!schedule.ready());
  REQUIRE(!schedule.take());
  REQUIRE(!schedule.all_taken());
  REQUIRE(schedule.end(tuning, true).empty());
  REQUIRE(schedule.ready());
  REQUIRE(schedule.take() == Index(waiting));
  REQUIRE(schedule.all_taken());
}

TEST_CASE("what waits for a failed task is given up, once and all of it", "[run]") {
  Schedule schedule;
  const std::size_t tuning = schedule.add();
  const std::size_t first = schedule.add(tuning), below = schedule.add(first), second = schedule.add(tuning);
  const std::size_t other = schedule.add();
  schedule.take();
  REQUIRE(schedule.end(tuning, false) == std::vector<std::size_t>{first, below, second});
  REQUIRE(schedule.take() == Index(other));
  REQUIRE(!schedule.take());
  REQUIRE(schedule.all_taken());
}

TEST_CASE("a task that must be alone begins when nothing is under way, and nothing begins beside it",
          "[run]") {
  Schedule schedule;
  const std::size_t alone = schedule.add({}, true);
  const std::size_t first = schedule.add(), second = schedule.add();
  REQUIRE(schedule.take() == Index(alone));
  REQUIRE(!schedule.ready());
  REQUIRE(!schedule.take());
  REQUIRE(!schedule.all_taken());
  schedule.end(alone, false);
  REQUIRE(schedule.take() == Index(first));
  const std::size_t later = schedule.add({}, true);
  REQUIRE(schedule.take() == Index(second));
  schedule.end(first, true);
  REQUIRE(!schedule.ready());
  REQUIRE(!schedule.take());
  schedule.end(second, true);
  REQUIRE(schedule.take() == Index(later));
  REQUIRE(schedule.all_taken());
}

TEST_CASE("a task cannot wait for one that does not exist", "[run]") {
  Schedule schedule;
  REQUIRE_THROWS_AS(schedule.add(0), std::logic_error);
}

}  // namespace
}  // namespace zipml
