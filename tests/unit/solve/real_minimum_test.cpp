#include <catch2/catch.hpp>
#include <cstdlib>

#include "engine/data/preprocess.h"
#include "engine/solve/training.h"

namespace zipml {
namespace {

// Where the paper's curves end: half the mean squared error of the least-squares fit with an intercept.
TEST_CASE("the exact minima of cadata and cpusmall are where the paper's curves end", "[exact][real]") {
  const char* folder = std::getenv("ZIPML_DATA_DIR");
  if (!folder || !*folder) {
    WARN("skipped: ZIPML_DATA_DIR names no folder with the real data sets");
    return;
  }
  const DataContext context{folder};
  const ComponentFamily preprocessing{"preprocess", "", {preprocess_info()}};
  for (const auto& [kind, minimum] :
       std::vector<std::pair<std::string, double>>{{"cadata", 2.3937e9}, {"cpusmall", 49.53}}) {
    INFO(kind);
    const ComponentChoice choice = choose(datasets().family(), kind, {{"stand_in", false}});
    for (const char* features : {"standardize", "scale"}) {
      const auto options = choose(
          preprocessing, preprocess_info().name,
          {{"features", std::string(features)}, {"intercept", true}, {"labels", std::string("standardize")}});
      const PreparedData data =
          preprocess(load_dataset(resolve_dataset(choice, context).choice, context), options.parameters);
      CHECK(exact_least_squares_minimum(data, 2) == Approx(minimum).epsilon(2e-4));
    }
  }
}

}  // namespace
}  // namespace zipml
