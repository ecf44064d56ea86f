#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/component.h"
#include "engine/data/dataset.h"

namespace zipml {

enum class LayerKind { convolution, linear, max_pool, average_pool, relu };

/// One layer of a network without branches. Pooling rounds its output size up and averages over the part of
/// the window that lies in the image, as Caffe does.
struct Layer {
  LayerKind kind;
  std::string name;
  std::int64_t outputs = 0;          ///< channels or units; of layers with weights
  std::int64_t kernel = 1, pad = 0;  ///< squares; of convolutions and pooling
  std::int64_t stride = 1;
  double deviation = 0.0;  ///< of the initial weights, normal with mean 0; biases begin at 0

  bool has_weights() const { return kind == LayerKind::convolution || kind == LayerKind::linear; }
};

using Network = std::vector<Layer>;

/// Where the parameters of one layer lie in the network's flat parameter vector: weights (outputs x inputs
/// per output, row-major: channel, row, column), then one bias an output.
struct LayerParameters {
  std::string name;
  std::vector<std::int64_t>
      shape;  ///< of the weights: {outputs, inputs} or {outputs, channels, kernel, kernel}
  std::size_t first_weight = 0, weights = 0, first_bias = 0, biases = 0;
  double deviation = 0.0;
};

/// Shape after every layer, for images of the given shape; linear layers give {units, 1, 1}. Throws
/// std::invalid_argument where an image is too small for a layer.
std::vector<ImageShape> output_shapes(const Network& network, const ImageShape& image);

/// The layers that have parameters, in order, without gaps between them.
std::vector<LayerParameters> parameter_layout(const Network& network, const ImageShape& image);

/// Number of all parameters of a layout.
std::size_t parameter_count(const std::vector<LayerParameters>& layout);

/// Initial parameters: a pure function of layout and seed.
std::vector<float> initial_parameters(const std::vector<LayerParameters>& layout, std::uint64_t seed);

/// Every network, as a config's `model.kind`.
const Registry<Network (*)(const Parameters&)>& networks();

}  // namespace zipml
