#include <catch2/catch.hpp>

#include "engine/core/error.h"
#include "experiments/results/folder_compare.h"
#include "tests/e2e/process.h"
#include "tests/unit/results/example_result.h"

namespace zipml {
namespace {

using testing::example_result;
using testing::TemporaryFolder;

ResultFile named_result(const std::string& id) {
  ResultFile result = example_result();
  result.run_id = id;
  result.reproducible = true;
  return result;
}

void store(const TemporaryFolder& folder, const std::string& where, const ResultFile& result) {
  write_result(result_path(folder / where, "example", result.run_id), result);
}

TEST_CASE("the largest difference, its size and the first epoch are told", "[results]") {
  const TemporaryFolder folder;
  ResultFile changed = named_result("aa");
  changed.trace[1].train_loss += 0.5;
  changed.trace[2].train_loss *= 1.5;
  store(folder, "a", named_result("aa"));
  store(folder, "b", changed);
  const FolderComparison folders = compare_folders(folder / "a", folder / "b");
  REQUIRE_FALSE(folders.same());
  REQUIRE(folders.differing.size() == 1);
  REQUIRE(folders.differing[0].name == "example/aa");
  REQUIRE(folders.differing[0].result.label == "(a) cadata, DS, \"4 bit\", seed 18446744073709551615");
  const std::vector<ResultDifference>& found = folders.differing[0].result.differences;
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].place == "data set /trace/train_loss");
  REQUIRE(found[0].differing == 2);
  REQUIRE(found[0].count == 3);
  REQUIRE(found[0].absolute == Approx(0.5));
  REQUIRE(found[0].relative == Approx(0.5 / 0.75));
  REQUIRE(found[0].epoch == 1u);
}

TEST_CASE("integers beyond 2^53 are told apart and what is not finite is infinitely far", "[results]") {
  const TemporaryFolder folder;
  ResultFile changed = named_result("aa");
  changed.trace[2].bytes_read += 1;
  changed.trace[0].train_loss = std::numeric_limits<double>::infinity();
  store(folder, "a", named_result("aa"));
  store(folder, "b", changed);
  const auto found = compare_folders(folder / "a", folder / "b").differing.at(0).result.differences;
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].absolute == 1.0);
  REQUIRE(found[0].epoch == 2u);
  REQUIRE(std::isinf(found[1].absolute));
  REQUIRE(std::isinf(found[1].relative));
}

TEST_CASE("runs of one folder only and damaged ones are named", "[results]") {
  const TemporaryFolder folder;
  for (const char* id : {"aa", "bb", "cc"}) store(folder, "a", named_result(id));
  for (const char* id : {"bb", "cc", "dd"}) store(folder, "b", named_result(id));
  std::filesystem::resize_file(folder / "b" / "example" / "cc.h5", 100);
  const FolderComparison folders = compare_folders(folder / "a", folder / "b");
  REQUIRE(folders.only_in_first == std::vector<std::string>{"example/aa"});
  REQUIRE(folders.only_in_second == std::vector<std::string>{"example/dd"});
  REQUIRE(folders.equal == 1);
  REQUIRE(folders.differing.size() == 1);
  REQUIRE(folders.differing[0].problem.find("cc.h5") != std::string::npos);
  REQUIRE_FALSE(folders.same());
}

TEST_CASE("only what says itself that it is not reproducible is excused", "[results]") {
  const TemporaryFolder folder;
  ResultFile timed = named_result("aa"), other = timed;
  timed.reproducible = other.reproducible = false;
  other.trace[1].train_loss = 9.0;
  store(folder, "a", timed);
  store(folder, "b", other);
  const FolderComparison folders = compare_folders(folder / "a", folder / "b");
  REQUIRE(folders.differing.size() == 1);
  REQUIRE(folders.excused == 1);
  REQUIRE(folders.same());
  // One word alone is no excuse.
  other.reproducible = true;
  store(folder, "b", other);
  REQUIRE_FALSE(compare_folders(folder / "a", folder / "b").same());
  other.reproducible = false;
  store(folder, "b", other);
  store(folder, "a", named_result("bb"));
  REQUIRE_FALSE(compare_folders(folder / "a", folder / "b").same());
}

TEST_CASE("comparing needs folders", "[results]") {
  const TemporaryFolder folder;
  store(folder, "a", named_result("aa"));
  REQUIRE_THROWS_AS(compare_folders(folder / "a", folder / "nothing"), InputError);
  REQUIRE_THROWS_AS(compare_folders(folder / "a" / "example" / "aa.h5", folder / "a"), InputError);
}

}  // namespace
}  // namespace zipml
