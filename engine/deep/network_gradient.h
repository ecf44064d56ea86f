#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/deep/network.h"

namespace zipml {

/// What a network says about a batch of images.
struct BatchOutcome {
  double loss = 0.0;        ///< mean cross-entropy, natural logarithm
  std::size_t correct = 0;  ///< images whose largest score is that of their class
};

/// Forward and backward pass of one network: a function of images and flat parameters (see
/// parameter_layout()), without state. One object a thread.
class NetworkGradient {
 public:
  virtual ~NetworkGradient() = default;

  /// gradient = derivative of the mean loss by every parameter, at `parameters`. images: labels.size() images
  /// of the network's input shape, one after another.
  virtual BatchOutcome gradient(std::span<const float> images, std::span<const std::int64_t> labels,
                                std::span<const float> parameters, std::span<float> gradient) = 0;

  /// The same outcome without a gradient.
  virtual BatchOutcome evaluate(std::span<const float> images, std::span<const std::int64_t> labels,
                                std::span<const float> parameters) = 0;
};

/// What computes gradients in this build: LibTorch, in a part of its own (libzipml_torch.so beside the
/// program) which is loaded when it is first needed, since loading it takes a good part of a second.
class NetworkBackend {
 public:
  virtual ~NetworkBackend() = default;
  virtual std::string version() const = 0;  ///< "libtorch 1.13.1"
  /// Works on one thread, so that results do not depend on a number of threads.
  /// `layout` is parameter_layout(network, image).
  virtual std::unique_ptr<NetworkGradient> make(const Network& network, const ImageShape& image,
                                                const std::vector<LayerParameters>& layout) const = 0;
};

/// The backend; nullptr where the part was not built or cannot be loaded.
const NetworkBackend* network_backend();

/// Why network_backend() is nullptr and what to do about it, one line.
std::string network_backend_problem();

}  // namespace zipml
