#include "engine/data/preprocess.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

Parameters options(const std::string& features, bool intercept, const std::string& labels = "none",
                   const std::string& report = "original") {
  const ComponentFamily family{"preprocess", "", {preprocess_info()}};
  return choose(family, "preprocess",
                {{"features", features}, {"intercept", intercept}, {"labels", labels}, {"report", report}})
      .parameters;
}

Split make_split(const std::vector<std::vector<float>>& rows, std::vector<float> labels) {
  Split split{Matrix(rows.size(), rows.at(0).size()), std::move(labels)};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::copy(rows[r].begin(), rows[r].end(), split.features.row(r).begin());
  }
  return split;
}

Dataset example() {
  Dataset data;
  data.name = "example";
  data.train = make_split({{1, 5, 10}, {3, 5, 30}, {5, 5, 20}, {7, 5, 20}}, {10, 20, 30, 40});
  data.test = make_split({{11, 6, 0}}, {50});
  return data;
}

}  // namespace

TEST_CASE("standardize: mean 0 and variance 1 on the training rows, constant columns scale 1", "[data]") {
  const PreparedData prepared = preprocess(example(), options("standardize", true));
  const Matrix& train = prepared.data.train.features;
  REQUIRE(train.cols() == 4);
  CHECK(prepared.features.offset == std::vector<double>{4, 5, 20});
  CHECK(prepared.features.scale == std::vector<double>{std::sqrt(5.0), 1, std::sqrt(50.0)});
  CHECK(train(0, 0) == static_cast<float>(-3 / std::sqrt(5.0)));
  CHECK(train(2, 1) == 0.0f);
  CHECK(train(3, 3) == 1.0f);
  CHECK(prepared.data.test.features(0, 0) == static_cast<float>(7 / std::sqrt(5.0)));
  CHECK(prepared.data.test.features(0, 1) == 1.0f);
  CHECK(prepared.data.test.features(0, 3) == 1.0f);
  CHECK(prepared.data.train.labels == std::vector<float>{10, 20, 30, 40});
  CHECK(prepared.loss_unit == 1.0);
  CHECK(prepared.intercept);
}

TEST_CASE("scale: to [-1, 1] on the training rows", "[data]") {
  const PreparedData prepared = preprocess(example(), options("scale", false, "scale"));
  const Matrix& train = prepared.data.train.features;
  REQUIRE(train.cols() == 3);
  CHECK(train(0, 0) == -1.0f);
  CHECK(train(3, 0) == 1.0f);
  CHECK(train(0, 1) == 0.0f);
  CHECK(train(1, 2) == 1.0f);
  CHECK(prepared.label_offset == 25.0);
  CHECK(prepared.label_scale == 15.0);
  CHECK(prepared.data.train.labels.front() == -1.0f);
  CHECK(prepared.data.train.labels.back() == 1.0f);
  CHECK(prepared.data.test.labels.front() == static_cast<float>(25.0 / 15.0));
  CHECK(prepared.loss_unit == 225.0);
  CHECK(preprocess(example(), options("scale", false, "scale", "preprocessed")).loss_unit == 1.0);
}

TEST_CASE("nothing asked for, nothing done", "[data]") {
  const PreparedData prepared = preprocess(example(), options("none", false));
  CHECK(content_checksum(prepared.data) == content_checksum(example()));
  CHECK_FALSE(prepared.intercept);
}

TEST_CASE("class labels are never scaled", "[data]") {
  Dataset data = example();
  data.task = Task::classification;
  CHECK(error_of([&] { preprocess(std::move(data), options("none", true, "standardize")); }) ==
        "preprocess.labels: the labels of data set 'example' are classes, which cannot be scaled; allowed is "
        "none");
}

TEST_CASE("a model in original units predicts the same", "[data]") {
  for (const char* features : {"none", "standardize", "scale"}) {
    for (const char* label_scaling : {"none", "standardize", "scale"}) {
      for (const bool intercept : {false, true}) {
        const PreparedData prepared = preprocess(example(), options(features, intercept, label_scaling));
        std::vector<float> x = {0.5f, -2.0f, 1.5f};
        if (intercept) x.push_back(0.75f);
        const std::vector<double> original = model_in_original_units(prepared, x);
        REQUIRE(original.size() == 4);
        const Dataset raw = example();
        for (std::size_t r = 0; r < 4; ++r) {
          double scaled = 0.0, direct = original[3];
          for (std::size_t c = 0; c < x.size(); ++c) {
            scaled += static_cast<double>(x[c]) * static_cast<double>(prepared.data.train.features(r, c));
          }
          for (std::size_t c = 0; c < 3; ++c) {
            direct += original[c] * static_cast<double>(raw.train.features(r, c));
          }
          CHECK(direct == Approx(scaled * prepared.label_scale + prepared.label_offset).epsilon(1e-5));
        }
      }
    }
  }
}

TEST_CASE("the content checksum sees every value, but not the padding", "[data]") {
  const std::string sum = content_checksum(example());
  CHECK(sum.size() == 64);
  Dataset changed = example();
  changed.test.features(0, 2) = 1e-30f;
  CHECK(content_checksum(changed) != sum);
  changed = example();
  changed.train.labels[3] = 41;
  CHECK(content_checksum(changed) != sum);
  changed = example();
  changed.name = "other";
  CHECK(content_checksum(changed) != sum);
}
