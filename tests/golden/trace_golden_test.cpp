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

TEST_CASE("small runs of the integer engine end at the recorded losses, bit by bit", "[golden]") {
  const PreparedData data = testing::toy_data(700, 150);
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  struct Case {
    const char* samples;
    std::int64_t bits, model_bits;
    const char* train_loss;
  };
  for (const Case& c :
       {Case{"naive", 8, 16, "0x1.1eaa87f6d08a9p+4"}, Case{"double_sampling", 4, 16, "0x1.1ea7df48b1da5p+4"},
        Case{"double_sampling", 2, 8, "0x1.1e5df0726bc7cp+4"}}) {
    TrainingSpec spec = testing::toy_spec(4, 128, 0.01);
    spec.samples = testing::estimator_choice(c.samples, {{"bits", c.bits}});
    spec.engine = choose(engines(), "integer", {{"model_bits", c.model_bits}});
    INFO(c.samples << ", " << c.bits << " bits");
    CHECK(hex(train({data, *loss, *regularizer}, spec, 2).trace.rows.back().train_loss) == c.train_loss);
  }
}

TEST_CASE("small non-linear runs end at the recorded losses, bit by bit", "[golden]") {
  const ComponentFamily preprocessing{"preprocess", "", {preprocess_info()}};
  const auto raw = choose(datasets().family(), "cod-rna-like",
                          {{"train_rows", std::int64_t{300}}, {"test_rows", std::int64_t{100}}});
  const PreparedData data =
      preprocess(load_dataset(raw, {}), choose(preprocessing, preprocess_info().name).parameters);
  const auto regularizer =
      regularizers()["ball"](choose(regularizers().family(), "ball", {{"radius", 5.0}}).parameters);
  const auto choice = [](const char* kind, int bits, testing::Given more = {}) {
    more.push_back({"bits", std::int64_t{bits}});
    return testing::estimator_choice(kind, std::move(more));
  };
  struct Case {
    const char* loss;
    ComponentChoice samples;
    const char* train_loss;
  };
  const Case cases[] = {
      {"hinge", testing::estimator_choice("full"), "0x1.8378cdbf82891p-2"},
      {"hinge", choice("refetch_l1", 6), "0x1.84eea538f020dp-2"},
      {"hinge", choice("refetch_l1", 6, {{"bound", std::string("interval")}}), "0x1.84edbd4252fd5p-2"},
      {"hinge", choice("refetch_l2", 6, {{"degree", std::int64_t{7}}}), "0x1.842d413c92503p-2"},
      {"hinge", choice("chebyshev", 4), "0x1.84cd22c83c303p-2"},
      {"logistic", testing::estimator_choice("full"), "0x1.fa49c38017a57p-2"},
      {"logistic", choice("chebyshev", 4), "0x1.fa9537c5ed979p-2"},
      {"logistic", choice("chebyshev", 4, {{"degree", std::int64_t{20}}}), "0x1.fa8e22debda2p-2"},
      {"logistic", choice("chebyshev", 4, {{"product", std::string("recurrence")}, {"radius", 9.0}}),
       "0x1.f8663977bc57bp-2"}};
  for (const Case& c : cases) {
    TrainingSpec spec = testing::toy_spec(4, 8, 0.05);
    spec.samples = c.samples;
    const auto loss = losses()[c.loss]({});
    INFO(c.loss << " " << c.samples.kind);
    CHECK(hex(train({data, *loss, *regularizer}, spec, 2).trace.rows.back().train_loss) == c.train_loss);
  }
}

}  // namespace
}  // namespace zipml
