#include "engine/data/image_sets.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/core/component.h"
#include "engine/data/preprocess.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

Dataset load(const char* kind, std::int64_t train, std::int64_t test, const DataContext& context = {}) {
  return load_dataset(choose(datasets().family(), kind, {{"train_rows", train}, {"test_rows", test}}),
                      context);
}

}  // namespace

TEST_CASE("generated images have the real set's shape, whole pixels and classes that can be told apart",
          "[data]") {
  for (const auto& [kind, shape] :
       {std::pair{"cifar10", ImageShape{3, 32, 32}}, std::pair{"mnist", ImageShape{1, 28, 28}}}) {
    const Dataset data = load(kind, 600, 50);
    INFO(data.title);
    CHECK(data.image == shape);
    CHECK(data.classes == 10);
    CHECK(data.task == Task::multiclass);
    CHECK(data.features() == static_cast<std::size_t>(shape.size()));
    std::vector<int> seen(10);
    std::vector<std::vector<double>> mean(10, std::vector<double>(data.features()));
    for (std::size_t r = 0; r < 600; ++r) {
      const auto label = static_cast<std::size_t>(data.train.labels[r]);
      REQUIRE(label < 10);
      ++seen[label];
      for (std::size_t c = 0; c < data.features(); ++c) {
        const float v = data.train.features(r, c);
        REQUIRE((v >= 0.0f && v <= 255.0f && v == std::floor(v)));
        mean[label][c] += static_cast<double>(v);
      }
    }
    for (const int count : seen) CHECK(count > 30);
    // Mean images of two classes differ by far more than noise of standard deviation 29 / sqrt(60) would.
    double distance = 0.0;
    for (std::size_t c = 0; c < data.features(); ++c)
      distance += std::pow(mean[0][c] / seen[0] - mean[1][c] / seen[1], 2);
    CHECK(std::sqrt(distance / static_cast<double>(data.features())) > 10.0);
    // The rows of a longer set begin with those of a shorter one.
    CHECK(load(kind, 700, 50).train.features(599, 100) == data.train.features(599, 100));
  }
}

TEST_CASE("MNIST's four files, and what is wrong with them", "[data]") {
  const DataFolder folder;
  const DataContext context{folder.path()};
  const std::string pixels(3 * 784, '\x07');
  const auto images = folder.write("mnist/train-images-idx3-ubyte", idx_bytes({3, 28, 28}, pixels));
  folder.write("mnist/train-labels-idx1-ubyte", idx_bytes({3}, "\x01\x09\x04"));
  folder.write("t10k-images-idx3-ubyte.gz", gzipped(idx_bytes({1, 28, 28}, pixels.substr(0, 784))));
  folder.write("t10k-labels-idx1-ubyte", idx_bytes({1}, "\x03"));
  const Dataset data = load("mnist", 2, 1, context);
  CHECK(data.title == "MNIST");
  CHECK(data.train.labels == std::vector<float>{1, 9});
  CHECK(data.train.features(1, 783) == 7.0f);
  CHECK(data.sources.size() == 4);
  CHECK(error_of([&] { load("mnist", 4, 1, context); }) == images.string() + ": 3 items, 60000 expected");
  folder.write("mnist/train-labels-idx1-ubyte", idx_bytes({3}, "\x01\x0A\x04"));
  CHECK(error_of([&] { load("mnist", 2, 1, context); }).find("item 1 is not a label from 0 to 9") !=
        std::string::npos);
  folder.write("mnist/train-images-idx3-ubyte", idx_bytes({3, 28, 27}, pixels.substr(0, 3 * 28 * 27)));
  CHECK(error_of([&] { load("mnist", 2, 1, context); }) ==
        images.string() + ": its images do not have 28 x 28 pixels");
}

TEST_CASE("centering takes the mean image away and nothing else", "[data]") {
  const ComponentFamily family{"preprocess", "", {preprocess_info()}};
  const Parameters options =
      choose(family, preprocess_info().name, {{"features", std::string("center")}, {"intercept", false}})
          .parameters;
  const Dataset raw = load("cifar10", 40, 10);
  const PreparedData data = preprocess(raw, options);
  CHECK(data.data.image == raw.image);
  double sum = 0.0;
  for (std::size_t r = 0; r < 40; ++r) sum += static_cast<double>(data.data.train.features(r, 17));
  CHECK(sum == Approx(0.0).margin(1e-3));
  CHECK(data.features.scale[17] == 1.0);
  CHECK(static_cast<double>(data.data.test.features(3, 17)) ==
        Approx(static_cast<double>(raw.test.features(3, 17)) - data.features.offset[17]).epsilon(1e-5));
}
