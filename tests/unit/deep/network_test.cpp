#include "engine/deep/network.h"

#include <catch2/catch.hpp>
#include <cmath>

namespace zipml {
namespace {

TEST_CASE("cifar10_quick has Caffe's shapes", "[deep]") {
  const Network network = networks()["cifar10_quick"]({});
  const std::vector<ImageShape> shapes = output_shapes(network, {3, 32, 32});
  const std::vector<ImageShape> expected = {{32, 32, 32}, {32, 16, 16}, {32, 16, 16}, {32, 16, 16},
                                            {32, 16, 16}, {32, 8, 8},   {64, 8, 8},   {64, 8, 8},
                                            {64, 4, 4},   {64, 1, 1},   {10, 1, 1}};
  CHECK(shapes == expected);
  CHECK(output_shapes(network, {1, 28, 28})[8] == ImageShape{64, 3, 3});
  CHECK_THROWS_AS(output_shapes(network, {3, 3, 3}), std::invalid_argument);

  const std::vector<LayerParameters> layout = parameter_layout(network, {3, 32, 32});
  REQUIRE(layout.size() == 5);
  CHECK(layout[2].shape == std::vector<std::int64_t>{64, 32, 5, 5});
  CHECK(layout[3].shape == std::vector<std::int64_t>{64, 1024});
  CHECK(layout[1].first_weight == 32 * 75 + 32);
  CHECK(parameter_count(layout) == 2400 + 32 + 25600 + 32 + 51200 + 64 + 65536 + 64 + 640 + 10);
}

TEST_CASE("initial parameters have the network's deviations and depend on the seed alone", "[deep]") {
  const auto layout = parameter_layout(networks()["cifar10_quick"]({}), {3, 32, 32});
  const std::vector<float> parameters = initial_parameters(layout, 3);
  CHECK(parameters == initial_parameters(layout, 3));
  CHECK(parameters != initial_parameters(layout, 4));
  const double deviations[] = {0.0001, 0.01, 0.01, 0.1, 0.1};
  for (std::size_t i = 0; i < layout.size(); ++i) {
    double squares = 0.0;
    for (std::size_t w = layout[i].first_weight; w < layout[i].first_bias; ++w)
      squares += std::pow(static_cast<double>(parameters[w]), 2);
    // The relative error of a deviation from n draws is 1 / sqrt(2 n); five of them.
    const double n = static_cast<double>(layout[i].weights);
    CHECK(std::sqrt(squares / n) == Approx(deviations[i]).epsilon(5.0 / std::sqrt(2.0 * n)));
    for (std::size_t b = 0; b < layout[i].biases; ++b) CHECK(parameters[layout[i].first_bias + b] == 0.0f);
  }
}

}  // namespace
}  // namespace zipml
