#include "engine/deep/network.h"

#include <stdexcept>

#include "engine/core/random.h"

namespace zipml {
namespace {

std::int64_t pooled(std::int64_t size, const Layer& layer) {
  return (size - layer.kernel + layer.stride - 1) / layer.stride + 1;
}

ImageShape output_shape(const Layer& layer, const ImageShape& in) {
  if (layer.kind == LayerKind::relu) return in;
  if (layer.kind == LayerKind::linear) return {layer.outputs, 1, 1};
  if (in.height + 2 * layer.pad < layer.kernel || in.width + 2 * layer.pad < layer.kernel) {
    throw std::invalid_argument("images are too small for layer '" + layer.name + "'");
  }
  if (layer.kind == LayerKind::convolution) {
    return {layer.outputs, (in.height + 2 * layer.pad - layer.kernel) / layer.stride + 1,
            (in.width + 2 * layer.pad - layer.kernel) / layer.stride + 1};
  }
  return {in.channels, pooled(in.height, layer), pooled(in.width, layer)};
}

// Caffe's examples/cifar10/cifar10_quick_train_test.prototxt.
Network cifar10_quick(const Parameters&) {
  const auto convolution = [](const char* name, std::int64_t outputs, double deviation) {
    return Layer{LayerKind::convolution, name, outputs, 5, 2, 1, deviation};
  };
  const auto pool = [](LayerKind kind, const char* name) { return Layer{kind, name, 0, 3, 0, 2, 0.0}; };
  const auto relu = [](const char* name) { return Layer{LayerKind::relu, name}; };
  const auto linear = [](const char* name, std::int64_t outputs) {
    return Layer{LayerKind::linear, name, outputs, 1, 0, 1, 0.1};
  };
  return {convolution("conv1", 32, 0.0001),
          pool(LayerKind::max_pool, "pool1"),
          relu("relu1"),
          convolution("conv2", 32, 0.01),
          relu("relu2"),
          pool(LayerKind::average_pool, "pool2"),
          convolution("conv3", 64, 0.01),
          relu("relu3"),
          pool(LayerKind::average_pool, "pool3"),
          linear("ip1", 64),
          linear("ip2", 10)};
}

}  // namespace

std::vector<ImageShape> output_shapes(const Network& network, const ImageShape& image) {
  std::vector<ImageShape> shapes;
  ImageShape shape = image;
  for (const Layer& layer : network) shapes.push_back(shape = output_shape(layer, shape));
  return shapes;
}

std::vector<LayerParameters> parameter_layout(const Network& network, const ImageShape& image) {
  std::vector<LayerParameters> layout;
  const std::vector<ImageShape> shapes = output_shapes(network, image);
  std::size_t next = 0;
  for (std::size_t i = 0; i < network.size(); ++i) {
    const Layer& layer = network[i];
    if (!layer.has_weights()) continue;
    const ImageShape& in = i == 0 ? image : shapes[i - 1];
    LayerParameters entry;
    entry.name = layer.name;
    entry.shape = {layer.outputs, in.size()};
    if (layer.kind == LayerKind::convolution)
      entry.shape = {layer.outputs, in.channels, layer.kernel, layer.kernel};
    entry.weights = 1;
    for (const std::int64_t extent : entry.shape) entry.weights *= static_cast<std::size_t>(extent);
    entry.biases = static_cast<std::size_t>(layer.outputs);
    entry.first_weight = next;
    entry.first_bias = next + entry.weights;
    entry.deviation = layer.deviation;
    next = entry.first_bias + entry.biases;
    layout.push_back(std::move(entry));
  }
  return layout;
}

std::size_t parameter_count(const std::vector<LayerParameters>& layout) {
  return layout.empty() ? 0 : layout.back().first_bias + layout.back().biases;
}

std::vector<float> initial_parameters(const std::vector<LayerParameters>& layout, std::uint64_t seed) {
  std::vector<float> parameters(parameter_count(layout), 0.0f);
  const DrawAddress address{seed, Stream::network_weights, 0};
  for (const LayerParameters& layer : layout) {
    for (std::size_t i = layer.first_weight; i < layer.first_bias; ++i)
      parameters[i] = static_cast<float>(layer.deviation * draw_normal(address, i, 0));
  }
  return parameters;
}

const Registry<Network (*)(const Parameters&)>& networks() {
  static const Registry<Network (*)(const Parameters&)> registry(
      "networks", "a network for images of several classes, trained by LibTorch with cross-entropy loss",
      {{{"cifar10_quick",
         "Caffe's CIFAR-10 tutorial network: three 5 x 5 convolutions (32, 32, 64) with pooling, then 64 and "
         "10 "
         "units (section 6)"},
        cifar10_quick}});
  return registry;
}

}  // namespace zipml
