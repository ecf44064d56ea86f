#include <catch2/catch.hpp>
#include <cmath>
#include <thread>

#include "engine/core/random.h"
#include "engine/deep/network_training.h"
#include "engine/quantize/level_strategy.h"

// What LibTorch computes; skipped where it was not built in.
namespace zipml {
namespace {

/// One of every layer, small enough to try every parameter.
Network tiny_network() {
  return {{LayerKind::convolution, "conv1", 3, 3, 1, 1, 0.5},
          {LayerKind::max_pool, "pool1", 0, 3, 0, 2},
          {LayerKind::relu, "relu1"},
          {LayerKind::convolution, "conv2", 2, 3, 1, 1, 0.5},
          {LayerKind::average_pool, "pool2", 0, 3, 0, 2},
          {LayerKind::linear, "ip1", 4, 1, 0, 1, 0.5},
          {LayerKind::linear, "ip2", 3, 1, 0, 1, 0.5}};
}

constexpr ImageShape kTinyImage{2, 8, 8};
constexpr std::size_t kImages = 6;

struct Example {
  Network network = tiny_network();
  std::vector<LayerParameters> layout = parameter_layout(network, kTinyImage);
  std::vector<float> parameters = initial_parameters(layout, 1);
  std::vector<float> images = std::vector<float>(kImages * static_cast<std::size_t>(kTinyImage.size()));
  std::vector<std::int64_t> labels = {0, 1, 2, 2, 1, 0};

  Example() {
    for (std::size_t i = 0; i < images.size(); ++i)
      images[i] = static_cast<float>(draw_normal({1, Stream::generate_features, 0}, i, 0));
  }
};

bool have_torch() {
  if (network_backend() != nullptr) return true;
  WARN("skipped: " << network_backend_problem());
  return false;
}

/// The network again, in plain loops and float64.
double reference_loss(const Example& example, std::span<const float> parameters) {
  const std::vector<ImageShape> shapes = output_shapes(example.network, kTinyImage);
  double total = 0.0;
  for (std::size_t n = 0; n < kImages; ++n) {
    const auto size = static_cast<std::size_t>(kTinyImage.size());
    std::vector<double> x(example.images.begin() + static_cast<std::ptrdiff_t>(n * size),
                          example.images.begin() + static_cast<std::ptrdiff_t>((n + 1) * size));
    ImageShape in = kTinyImage;
    std::size_t layer_with_weights = 0;
    for (std::size_t l = 0; l < example.network.size(); ++l) {
      const Layer& layer = example.network[l];
      const ImageShape out = shapes[l];
      std::vector<double> y(static_cast<std::size_t>(out.size()), 0.0);
      const LayerParameters* p = layer.has_weights() ? &example.layout[layer_with_weights++] : nullptr;
      const auto weight = [&](std::size_t i) { return static_cast<double>(parameters[p->first_weight + i]); };
      std::size_t next = 0;
      for (std::int64_t c = 0; c < out.channels; ++c) {
        for (std::int64_t h = 0; h < out.height; ++h) {
          for (std::int64_t w = 0; w < out.width; ++w, ++next) {
            if (layer.kind == LayerKind::relu) {
              y[next] = std::max(0.0, x[next]);
              continue;
            }
            if (p) y[next] = static_cast<double>(parameters[p->first_bias + static_cast<std::size_t>(c)]);
            if (layer.kind == LayerKind::linear) {
              for (std::size_t i = 0; i < x.size(); ++i)
                y[next] += x[i] * weight(static_cast<std::size_t>(c) * x.size() + i);
              continue;
            }
            double most = -1e300, sum = 0.0, count = 0.0;
            const std::int64_t first = p ? 0 : c, last = p ? in.channels : c + 1;
            for (std::int64_t k = first; k < last; ++k) {
              for (std::int64_t i = 0; i < layer.kernel; ++i) {
                for (std::int64_t j = 0; j < layer.kernel; ++j) {
                  const std::int64_t row = h * layer.stride - layer.pad + i,
                                     column = w * layer.stride - layer.pad + j;
                  if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
                  const double v = x[static_cast<std::size_t>((k * in.height + row) * in.width + column)];
                  if (p) {
                    y[next] += v * weight(static_cast<std::size_t>(
                                       ((c * in.channels + k) * layer.kernel + i) * layer.kernel + j));
                  }
                  most = std::max(most, v);
                  sum += v;
                  count += 1.0;
                }
              }
            }
            if (layer.kind == LayerKind::max_pool) y[next] = most;
            if (layer.kind == LayerKind::average_pool) y[next] = sum / count;
          }
        }
      }
      x = std::move(y);
      in = out;
    }
    double normalizer = 0.0;
    for (const double score : x) normalizer += std::exp(score);
    total += std::log(normalizer) - x[static_cast<std::size_t>(example.labels[n])];
  }
  return total / static_cast<double>(kImages);
}

TEST_CASE("LibTorch's loss is that of plain loops, Caffe's pooling included", "[deep][torch]") {
  if (!have_torch()) return;
  Example example;
  const auto gradient = network_backend()->make(example.network, kTinyImage, example.layout);
  CHECK(gradient->evaluate(example.images, example.labels, example.parameters).loss ==
        Approx(reference_loss(example, example.parameters)).epsilon(1e-5));
}

TEST_CASE("the straight-through gradient is that of the loss at the quantized weights", "[deep][torch]") {
  if (!have_torch()) return;
  Example example;
  const auto backend = network_backend()->make(example.network, kTinyImage, example.layout);
  const ComponentChoice choice =
      choose(weight_channels().family(), "quantized",
             {{"bits", std::int64_t{3}},
              {"levels_count", std::int64_t{5}},
              {"levels", component_default(level_strategies().family(), "optimal")}});
  const auto channel = weight_channels()[choice.kind](choice.parameters);
  std::vector<float> used(example.parameters.size()), gradient(used.size()), plain(used.size());
  quantize_weights(*channel, example.layout, example.parameters, {1, Stream::weight_rounding, 1}, 0, used);
  REQUIRE(used != example.parameters);
  backend->gradient(example.images, example.labels, used, gradient);
  backend->gradient(example.images, example.labels, example.parameters, plain);
  // Kinks of the maximum and of ReLU may lie within the step of a few parameters, hence not all of them.
  std::size_t close = 0, close_to_plain = 0;
  constexpr float kStep = 1e-4f;
  for (std::size_t i = 0; i < used.size(); ++i) {
    std::vector<float> moved = used;
    moved[i] = used[i] + kStep;
    const double above = reference_loss(example, moved), up = static_cast<double>(moved[i]);
    moved[i] = used[i] - kStep;
    const double numeric = (above - reference_loss(example, moved)) / (up - static_cast<double>(moved[i]));
    close += std::fabs(numeric - static_cast<double>(gradient[i])) < 1e-4;
    close_to_plain += std::fabs(numeric - static_cast<double>(plain[i])) < 1e-4;
  }
  CHECK(close >= used.size() * 98 / 100);
  // The positive control: the gradient at the full-precision weights is another one.
  CHECK(close_to_plain < used.size() / 2);
}

TEST_CASE("correct answers are counted", "[deep][torch]") {
  if (!have_torch()) return;
  Example example;
  std::vector<float> parameters(example.parameters.size(), 0.0f);
  parameters[example.layout.back().first_bias + 2] = 1.0f;  // whatever the image, class 2
  const auto gradient = network_backend()->make(example.network, kTinyImage, example.layout);
  CHECK(gradient->evaluate(example.images, example.labels, parameters).correct == 2);
}

TEST_CASE("gradients have the same bits in any thread and side by side", "[deep][torch]") {
  if (!have_torch()) return;
  const Network network = networks()["cifar10_quick"]({});
  const ImageShape image{3, 32, 32};
  const auto layout = parameter_layout(network, image);
  const std::vector<float> parameters = initial_parameters(layout, 1);
  std::vector<float> images(20 * 3072);
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = 50.0f * static_cast<float>(draw_normal({1, Stream::generate_features, 0}, i, 0));
  const std::vector<std::int64_t> labels(20, 3);
  std::vector<std::vector<float>> found(3, std::vector<float>(parameters.size()));
  const auto compute = [&](std::vector<float>& out) {
    network_backend()->make(network, image, layout)->gradient(images, labels, parameters, out);
  };
  compute(found[0]);
  {
    std::jthread one([&] { compute(found[1]); }), two([&] { compute(found[2]); });
  }
  CHECK(found[1] == found[0]);
  CHECK(found[2] == found[0]);
}

}  // namespace
}  // namespace zipml
