#include "experiments/config/nearest.h"

#include <catch2/catch.hpp>

using namespace zipml;

TEST_CASE("edit distance counts inserts, deletes, replacements and swaps", "[config][nearest]") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("alpha", "alpha") == 0);
  CHECK(edit_distance("alhpa", "alpha") == 1);
  CHECK(edit_distance("alpa", "alpha") == 1);
  CHECK(edit_distance("alphaa", "alpha") == 1);
  CHECK(edit_distance("alpho", "alpha") == 1);
  CHECK(edit_distance("LS-SVM", "ls_svm") == 0);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is suggested only where it is near", "[config][nearest]") {
  const std::vector<std::string> known = {"full", "naive", "deterministic", "double_sampling"};
  CHECK(nearest_name("double_samplng", known) == "double_sampling");
  CHECK(nearest_name("Double-Sampling", known) == "double_sampling");
  CHECK(nearest_name("double", known) == "double_sampling");
  CHECK(nearest_name("ful", known) == "full");
  CHECK(nearest_name("zebra", known).empty());
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name(std::string(100000, 'a'), known).empty());
  CHECK(did_you_mean("niave", known) == "; did you mean \"naive\"?");
  CHECK(did_you_mean("x", known).empty());
}
