#include <catch2/catch.hpp>
#include <cstdio>
#include <string>

#include "engine/data/preprocess.h"
#include "tests/unit/solve/toy_problem.h"

// The losses of small runs, to the last bit, as they were when the version was made. A change here means that
// every published number changes: it needs a new version and a line in the changelog.
namespace zipml {
namespace {

std::string hex(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%a", value);
  return text;
}

TEST_CASE("small runs end at the recorded losses, bit by bit", "[golden]") {
  const ComponentFamily preprocessing{"preprocess", "", {preprocess_info()}};
  const auto raw = choose(
      datasets().family(), "synthetic",
      {{"features", std::int64_t{50}}, {"train_rows", std::int64_t{300}}, {"test_rows", std::int64_t{100}}});
  const PreparedData data =
      preprocess(load_dataset(raw, {}), choose(preprocessing, preprocess_info().name).parameters);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  const auto bits = [](int b) { return testing::Given{{"bits", std::int64_t{b}}}; };
  struct Case {
    ComponentChoice samples, channel;
    const char* train_loss;
  };
  const ComponentChoice full = choose(channels().family(), "full");
  const Case cases[] = {{testing::estimator_choice("full"), full, "0x1.f52ba79bd7a09p+0"},
                        {testing::estimator_choice("deterministic", bits(3)), full, "0x1.02e38b66ec788p+1"},
                        {testing::estimator_choice("naive", bits(5)), full, "0x1.f79de5f0e31d9p+0"},
                        {testing::estimator_choice("double_sampling", bits(4)), full, "0x1.f87bdc8615b55p+0"},
                        {testing::estimator_choice("double_sampling", bits(3)), testing::quantized_channel(6),
                         "0x1.f4fe6544a6511p+0"}};
  for (const Case& c : cases) {
    TrainingSpec spec = testing::toy_spec(4, 8, 0.01);
    spec.samples = c.samples;
    spec.model_channel = spec.gradient_channel = c.channel;
    INFO(c.samples.kind);
    CHECK(hex(train({data, *loss, *regularizer}, spec, 2).trace.rows.back().train_loss) == c.train_loss);
  }
}

}  // namespace
}  // namespace zipml
