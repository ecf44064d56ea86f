#include <catch2/catch.hpp>
#include <set>

#include "experiments/results/folder_compare.h"
#include "tests/e2e/process.h"
#include "tests/e2e/sweep_config.h"

namespace zipml::testing {
namespace {

using Words = std::vector<std::string>;

std::set<std::string> listing(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    names.insert(entry.path().string() + " " +
                 std::to_string(entry.last_write_time().time_since_epoch().count()));
  }
  return names;
}

// Rewrites the results of a folder, each by `change`.
template <class Change>
void rewrite(const std::filesystem::path& folder, const Change& change) {
  for (const std::filesystem::path& file : find_results(folder)) {
    ResultFile result = *read_result(file).value;
    change(result);
    write_result(file, result);
  }
}

TEST_CASE("finished runs are done again and found equal, and nothing is written", "[verify]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "out")).exit_code == 0);
  const std::set<std::string> before = listing(folder / "out");
  const ProcessResult three = run_zipml(sweep_arguments(folder, "out", {"--verify"}));
  REQUIRE(three.exit_code == 0);
  REQUIRE(three.out.starts_with("3 of 3 verified runs equal, 0 differ, 0 failed"));
  const ProcessResult all = run_zipml(sweep_arguments(folder, "out", {"--verify", "100", "--threads", "2"}));
  REQUIRE(all.exit_code == 0);
  REQUIRE(all.out.starts_with("12 of 12 verified runs equal"));
  REQUIRE(listing(folder / "out") == before);
}

TEST_CASE("a result that was tampered with is found by verifying", "[verify]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "out")).exit_code == 0);
  rewrite(folder / "out", [](ResultFile& result) { result.trace.at(4).train_loss *= 1.0 + 1e-12; });
  const ProcessResult result = run_zipml(sweep_arguments(folder, "out", {"--verify", "2"}));
  REQUIRE(result.exit_code == 1);
  REQUIRE(result.out.find("data set /trace/train_loss: 1 of 11 numbers differ") != std::string::npos);
  REQUIRE(result.out.find("first in epoch 4") != std::string::npos);
  REQUIRE(result.out.find("0 of 2 verified runs equal, 2 differ") != std::string::npos);
}

TEST_CASE("a tampered step size is found too, as it is tuned anew", "[verify]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "out")).exit_code == 0);
  rewrite(folder / "out", [](ResultFile& result) { result.tuning->final_losses.at(0) += 1.0; });
  const ProcessResult result = run_zipml(sweep_arguments(folder, "out", {"--verify", "1"}));
  REQUIRE(result.exit_code == 1);
  REQUIRE(result.out.find("/tuning/final_losses") != std::string::npos);
}

TEST_CASE("verifying refuses what it cannot do", "[verify]") {
  const TemporaryFolder folder;
  const ProcessResult nothing = run_zipml(sweep_arguments(folder, "out", {"--verify"}));
  REQUIRE(nothing.exit_code == 2);
  REQUIRE(nothing.err.find("nothing to verify") != std::string::npos);
  REQUIRE_FALSE(std::filesystem::exists(folder / "out"));
  REQUIRE(run_zipml(sweep_arguments(folder, "out", {"--verify", "0"})).exit_code == 2);
  REQUIRE(run_zipml(sweep_arguments(folder, "out", {"--verify=x"})).exit_code == 2);
  REQUIRE(run_zipml(sweep_arguments(folder, "out", {"--verify", "--force"})).exit_code == 2);
  REQUIRE(run_zipml(sweep_arguments(folder, "out", {"--verify", "--verify"})).exit_code == 2);
}

TEST_CASE("two folders are compared by the program", "[verify]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "a", {"--jobs", "1"})).exit_code == 0);
  REQUIRE(run_zipml(sweep_arguments(folder, "b", {"--jobs", "2", "--threads", "2"})).exit_code == 0);
  const Words words = {"report", "--compare", (folder / "a").string(), (folder / "b").string()};
  const ProcessResult same = run_zipml(words);
  REQUIRE(same.exit_code == 0);
  REQUIRE(same.out.find("12 equal, 0 differ") != std::string::npos);

  const std::filesystem::path changed = find_results(folder / "b").front();
  const std::filesystem::path removed = find_results(folder / "b").back();
  ResultFile result = *read_result(changed).value;
  result.trace.at(7).bytes_read += 3;
  write_result(changed, result);
  std::filesystem::remove(removed);
  const ProcessResult other = run_zipml(words);
  REQUIRE(other.exit_code == 1);
  REQUIRE(other.out.find("sweep/" + changed.stem().string() + " (") != std::string::npos);
  REQUIRE(other.out.find("/trace/bytes_read: 1 of 11 numbers differ, by up to 3 ") != std::string::npos);
  REQUIRE(other.out.find("first in epoch 7") != std::string::npos);
  REQUIRE(other.out.find("sweep/" + removed.stem().string() + ": only in " + (folder / "a").string()) !=
          std::string::npos);
}

TEST_CASE("comparing refuses what is not two folders of results", "[verify]") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "a");
  std::filesystem::create_directories(folder / "b");
  const std::string a = (folder / "a").string(), b = (folder / "b").string();
  REQUIRE(run_zipml({"report", "--compare", a, b}).exit_code == 2);
  REQUIRE(run_zipml({"report", "--compare", a}).exit_code == 2);
  REQUIRE(run_zipml({"report", "--compare", a, (folder / "nothing").string()}).exit_code == 2);
  REQUIRE(run_zipml({"report", "--compare", a, b, "--format", "md"}).exit_code == 2);
}

}  // namespace
}  // namespace zipml::testing
