#include "experiments/results/merge_results.h"

#include <catch2/catch.hpp>

#include "engine/core/error.h"
#include "experiments/results/result_file.h"
#include "tests/e2e/process.h"
#include "tests/unit/results/example_result.h"

namespace zipml {
namespace {

using testing::TemporaryFolder;

ResultFile example(int number) {
  ResultFile result = testing::example_result();
  result.run_id = "000000000000000" + std::to_string(number);
  result.reproducible = true;
  return result;
}

std::filesystem::path store(const std::filesystem::path& folder, const ResultFile& result) {
  const std::filesystem::path file = result_path(folder, "sweep", result.run_id);
  write_result(file, result);
  return file;
}

TEST_CASE("shards merge into one folder, once and for all", "[merge]") {
  const TemporaryFolder folder;
  store(folder / "one", example(1));
  store(folder / "one", example(2));
  store(folder / "two", example(3));
  for (const char* part : {"one", "two"})
    write_tuning(tuning_path(folder / part, "aaaa"), "aaaa", *example(1).tuning);
  testing::write_text(folder / "two/figures/notes.txt", "x");
  const Merging merging = merge_results(folder / "all", {folder / "one", folder / "two"});
  REQUIRE((merging.copied == 3 && merging.there == 0 && merging.clean()));
  for (const int number : {1, 2, 3})
    REQUIRE(
        result_problem(result_path(folder / "all", "sweep", example(number).run_id), example(number).run_id)
            .empty());
  REQUIRE(read_tuning(tuning_path(folder / "all", "aaaa"), "aaaa").value);
  REQUIRE(!std::filesystem::exists(folder / "all/figures"));
  const Merging again = merge_results(folder / "all", {folder / "two", folder / "one"});
  REQUIRE((again.copied == 0 && again.there == 3 && again.clean()));
}

TEST_CASE("what is there is never changed, and results that differ are named", "[merge]") {
  const TemporaryFolder folder;
  ResultFile elsewhere = example(1), changed = example(2), timed = example(3);
  elsewhere.provenance.cpu_model = "another";  // not compared
  changed.trace.at(1).train_loss *= 1.0 + 1e-12;
  timed.reproducible = false;
  store(folder / "one", example(1));
  store(folder / "one", example(2));
  store(folder / "one", timed);
  timed.trace.at(1).train_loss *= 2.0;
  for (const ResultFile& result : {elsewhere, changed, timed}) store(folder / "two", result);
  const Merging merging = merge_results(folder / "one", {folder / "two"});
  REQUIRE((merging.copied == 0 && merging.there == 1 && merging.kept == 1 && !merging.clean()));
  REQUIRE(merging.conflicts.size() == 1);
  REQUIRE(merging.conflicts[0].name == "sweep/" + changed.run_id);
  REQUIRE(merging.conflicts[0].result.differences.at(0).place == "data set /trace/train_loss");
  const auto kept = read_result(result_path(folder / "one", "sweep", changed.run_id)).value;
  REQUIRE(kept->trace.at(1).train_loss == example(2).trace.at(1).train_loss);
}

TEST_CASE("damaged and misnamed results are not copied, and a damaged copy is renewed", "[merge]") {
  const TemporaryFolder folder;
  const auto cut = [](const std::filesystem::path& file) {
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  };
  cut(store(folder / "all", example(1)));
  store(folder / "one", example(1));
  const std::filesystem::path damaged = store(folder / "one", example(2));
  cut(damaged);
  const std::filesystem::path misnamed = folder / "one/sweep/00000000000000ff.h5";
  write_result(misnamed, example(3));
  const Merging merging = merge_results(folder / "all", {folder / "one"});
  REQUIRE(merging.copied == 1);
  REQUIRE(merging.problems.size() == 2);
  REQUIRE(merging.problems[0].problem == damaged.string() + ": truncated, or not written by this program");
  REQUIRE(merging.problems[1].problem ==
          misnamed.string() + ": holds the result of run " + example(3).run_id);
  REQUIRE(result_problem(result_path(folder / "all", "sweep", example(1).run_id), example(1).run_id).empty());
  REQUIRE(find_results(folder / "all").size() == 1);
}

TEST_CASE("wrong folders are refused before anything is copied", "[merge]") {
  const TemporaryFolder folder;
  store(folder / "one", example(1));
  REQUIRE_THROWS_WITH(merge_results(folder / "all", {folder / "one", folder / "two"}),
                      (folder / "two").string() + ": no such folder of results");
  REQUIRE(!std::filesystem::exists(folder / "all"));
  REQUIRE_THROWS_AS(merge_results(folder / "one", {folder / "one"}), InputError);
}

TEST_CASE("many files with one problem make one line", "[merge]") {
  const auto problem = [](const std::string& file, const std::string& why) {
    return FileProblem{file, file + ": " + why};
  };
  using Lines = std::vector<std::string>;
  REQUIRE(problem_lines({}) == Lines{});
  REQUIRE(problem_lines({problem("a", "old"), problem("b", "cut"), problem("c", "old"),
                         problem("d", "old")}) == Lines{"a: old", "b: cut", "c: old", "d: old"});
  REQUIRE(problem_lines({problem("a", "old"), problem("b", "cut"), problem("c", "old"), problem("d", "old"),
                         problem("e", "old")}) == Lines{"4 files: old (the first: a)", "b: cut"});
}

}  // namespace
}  // namespace zipml
