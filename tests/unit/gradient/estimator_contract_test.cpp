#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "engine/gradient/estimator.h"
#include "tests/unit/solve/toy_problem.h"

// What every estimator must do, whatever it computes: new ones are held to it by being in the list.
namespace zipml {
namespace {

struct Fixture {
  PreparedData data = testing::toy_data(200, 21, 0.1, Task::classification);
  std::unique_ptr<Loss> least_squares = losses()["least_squares"]({}), hinge = losses()["hinge"]({});
  AlignedVector<float> x = AlignedVector<float>(32, 0.0f);

  Fixture() {
    for (std::size_t i = 0; i < 22; ++i) {
      x[i] = static_cast<float>(draw_normal({9, Stream::generate_model, 0}, i, 0));
    }
  }

  std::unique_ptr<GradientEstimator> make(const ComponentInfo& info, int threads,
                                          const char* generator = "philox") const {
    testing::Given given;
    for (const ParameterInfo& parameter : info.parameters) {
      if (parameter.key == "bits") given.push_back({"bits", std::int64_t{3}});
      if (parameter.key == "generator") given.push_back({"generator", std::string(generator)});
    }
    const auto choice = testing::estimator_choice(info.name.c_str(), given);
    const Loss& loss = estimator_objection(info.name, *least_squares).empty() ? *least_squares : *hinge;
    return estimators()[info.name](choice.parameters,
                                   {data.data.train.features, data.data.train.labels, loss, 1, threads});
  }

  AlignedVector<float> gradient(const GradientEstimator& estimator, const std::vector<std::uint32_t>& rows,
                                float start = 0.0f) const {
    EstimatorScratch scratch;
    AlignedVector<float> sum(32, 0.0f);
    std::fill_n(sum.begin(), 22, start);
    estimator.accumulate(x, rows, sum, scratch);
    return sum;
  }
};

TEST_CASE("the generator changes the draws of every estimator that has one, and threads do not",
          "[estimator]") {
  const Fixture f;
  int with_generator = 0;
  for (const ComponentInfo& info : estimators().family().members) {
    INFO(info.name);
    const bool has_one =
        std::any_of(info.parameters.begin(), info.parameters.end(),
                    [](const ParameterInfo& parameter) { return parameter.key == "generator"; });
    if (!has_one) continue;
    ++with_generator;
    const auto philox = f.make(info, 1), aes = f.make(info, 1, "aes"), threaded = f.make(info, 3, "aes");
    for (auto* e : {philox.get(), aes.get(), threaded.get()}) e->begin_epoch(1);
    std::vector<std::uint32_t> rows(100);
    for (std::uint32_t r = 0; r < 100; ++r) rows[r] = r;
    CHECK(f.gradient(*aes, rows) != f.gradient(*philox, rows));
    CHECK(f.gradient(*aes, rows) == f.gradient(*threaded, rows));
  }
  CHECK(with_generator >= 2);
}

TEST_CASE("every estimator keeps its contract", "[estimator]") {
  const Fixture f;
  for (const ComponentInfo& info : estimators().family().members) {
    INFO(info.name);
    const auto estimator = f.make(info, 1), threaded = f.make(info, 3);
    for (auto* e : {estimator.get(), threaded.get()}) e->begin_epoch(1);

    const auto one = f.gradient(*estimator, {3, 150, 77});
    CHECK(one == f.gradient(*threaded, {3, 150, 77}));            // threads change nothing
    CHECK(one == f.gradient(*estimator, {3, 150, 77}));           // nor does asking twice
    for (std::size_t i = 22; i < 32; ++i) CHECK(one[i] == 0.0f);  // padding stays zero
    CHECK(f.gradient(*estimator, {}) == AlignedVector<float>(32, 0.0f));

    // It adds to what is there, row by row.
    const auto on_top = f.gradient(*estimator, {3}, 5.0f), alone = f.gradient(*estimator, {3});
    for (std::size_t i = 0; i < 22; ++i) CHECK(on_top[i] == Approx(5.0f + alone[i]).epsilon(1e-5));

    // An epoch's draws are a function of its number.
    estimator->begin_epoch(2);
    estimator->begin_epoch(1);
    CHECK(one == f.gradient(*estimator, {3, 150, 77}));

    CHECK(estimator->bytes_per_row() > 0.0);
    CHECK(estimator->bytes_per_row() <= 22 * 4.0 + (info.name == "refetch_l2" ? 64.0 : 0.0));  // its sketch
    CHECK(estimator->counts().refetched <= 8);
  }
}

}  // namespace
}  // namespace zipml
