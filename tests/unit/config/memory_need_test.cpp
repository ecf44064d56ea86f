#include "experiments/config/memory_need.h"

#include <catch2/catch.hpp>

#include "engine/data/preprocess.h"
#include "engine/gradient/estimator.h"
#include "engine/model/loss.h"
#include "tests/unit/config/config_samples.h"

namespace zipml {
namespace {

RunSpec run_of(const Json& dataset, const Json& samples, const char* model = "least_squares") {
  Json config = testing::small_config();
  config["dataset"] = dataset;
  config["precision"] = {{"samples", samples}};
  config["model"] = model;
  return testing::parsed(config).runs.front();
}

// What a loaded data set and a made estimator hold, against what the config promised.
TEST_CASE("the estimate of data and samples is what they take", "[memory]") {
  const Json data = {{"kind", "cod-rna-like"}, {"train_rows", 3000}, {"test_rows", 500}};
  int with_samples = 0;
  for (const ComponentInfo& info : estimators().family().members) {
    INFO(info.name);
    Json samples = {{"kind", info.name}};
    for (const ParameterInfo& parameter : info.parameters) {
      if (parameter.key == "bits") samples["bits"] = 5;
    }
    // Double sampling is for quadratic losses, refetching for one that jumps.
    const char* model = info.name == "double_sampling" ? "ls_svm" : "hinge";
    const RunSpec run = run_of(data, samples, model);
    const std::unique_ptr<Loss> loss = losses()[model](run.model.parameters);
    const MemoryNeed need = memory_need(run);
    const PreparedData prepared = preprocess(load_dataset(run.dataset, {}), run.preprocess);
    const auto bytes = [](const Split& split) {
      return split.features.rows() * split.features.stride() * 4 + split.labels.size() * 4;
    };
    CHECK(need.data == bytes(prepared.data.train) + bytes(prepared.data.test));
    CHECK(need.loading > need.data);
    const auto estimator =
        estimators()[info.name](run.training.samples.parameters,
                                {prepared.data.train.features, prepared.data.train.labels, *loss, 1, 1});
    if (info.name == "full") {
      CHECK(need.samples == 0);
      continue;
    }
    ++with_samples;
    const auto taken = static_cast<double>(estimator->bytes_per_row()) * 3000;
    CHECK(static_cast<double>(need.samples) <= taken);
    // refetch_l2 also keeps a sketch of every row, which is not counted.
    if (info.name != "refetch_l2") CHECK(static_cast<double>(need.samples) >= 0.6 * taken);
    CHECK(need.levels == 9 * 32 * sizeof(float));
  }
  CHECK(with_samples == 6);
}

TEST_CASE("runs whose data's shape is not known, or that have none, need nothing that is known", "[memory]") {
  Json cycles = testing::small_config();
  for (const char* member : {"dataset", "preprocess", "model", "precision", "solver"}) cycles.erase(member);
  cycles["fpga"] = {{"design", "harp_q2"}};
  cycles["measure"] = {{"kind", "fpga_cycles"}, {"features", 90}, {"rows", 1000}};
  CHECK(memory_need(testing::parsed(cycles).runs.front()).total() == 0);
}

TEST_CASE("numbers are written with separators", "[memory]") {
  CHECK(with_separators(0) == "0");
  CHECK(with_separators(999) == "999");
  CHECK(with_separators(1000) == "1,000");
  CHECK(with_separators(1234567890123) == "1,234,567,890,123");
}

}  // namespace
}  // namespace zipml
