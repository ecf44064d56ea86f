#include <catch2/catch.hpp>

#include "process.h"

using namespace zipml::testing;

TEST_CASE("data: help, list, verify", "[e2e][data]") {
  const ProcessResult help = run_zipml({"data", "--help"});
  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, Catch::Contains("zipml data ACTION") && Catch::Contains("EXAMPLES"));

  const TemporaryFolder folder;
  const ProcessResult list = run_zipml({"data", "list", "--data-dir", folder.path().string()});
  CHECK(list.exit_code == 0);
  for (const char* set : {"cadata", "cpusmall", "cod-rna", "gisette", "year-prediction", "mnist"}) {
    CHECK_THAT(list.out, Catch::Contains(set));
  }
  const ProcessResult verify = run_zipml({"data", "verify", "--data-dir", folder.path().string()});
  CHECK_THAT(verify.out, Catch::Contains("cadata: not in"));
  CHECK(run_zipml({"data", "verify", "--data-dir", (folder / "none").string()}).exit_code == 2);
}

TEST_CASE("data fetch refuses what is not the set, and leaves nothing behind", "[e2e][data]") {
  const TemporaryFolder folder;
  write_text(folder / "from" / "cpusmall", "1 1:2\n");
  std::filesystem::create_directories(folder / "to");
  const ProcessResult wrong = run_zipml({"data", "fetch", "cpusmall", "--from", (folder / "from").string(),
                                         "--data-dir", (folder / "to").string()});
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.err, Catch::Contains("sha256 is") && Catch::Contains("on record is"));
  CHECK(std::filesystem::is_empty(folder / "to"));

  const ProcessResult unknown =
      run_zipml({"data", "fetch", "cpusmal", "--data-dir", (folder / "to").string()});
  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, Catch::Contains("did you mean \"cpusmall\"?"));
}
