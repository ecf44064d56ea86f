// The only file that includes LibTorch: its headers take seconds to compile and its library part of a second
// to load.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/deep/torch_interface.h"

namespace zipml {
namespace {

at::Tensor borrowed(std::span<const float> values, std::vector<std::int64_t> shape) {
  return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

class TorchGradient final : public NetworkGradient {
 public:
  TorchGradient(const Network& network, const ImageShape& image, const std::vector<LayerParameters>& layout)
      : network_(network), image_(image), layout_(layout) {}

  BatchOutcome gradient(std::span<const float> images, std::span<const std::int64_t> labels,
                        std::span<const float> parameters, std::span<float> gradient) override {
    at::set_num_threads(1);
    std::vector<at::Tensor> tensors = parameter_tensors(parameters);
    for (at::Tensor& tensor : tensors) tensor.set_requires_grad(true);
    const at::Tensor classes = label_tensor(labels);
    const at::Tensor scores = forward(images, labels.size(), tensors);
    const at::Tensor loss = at::cross_entropy_loss(scores, classes);
    loss.backward();
    for (std::size_t i = 0; i < layout_.size(); ++i) {
      copy_gradient(tensors[2 * i], gradient.subspan(layout_[i].first_weight, layout_[i].weights));
      copy_gradient(tensors[2 * i + 1], gradient.subspan(layout_[i].first_bias, layout_[i].biases));
    }
    return outcome(scores.detach(), classes, loss.detach());
  }

  BatchOutcome evaluate(std::span<const float> images, std::span<const std::int64_t> labels,
                        std::span<const float> parameters) override {
    at::set_num_threads(1);
    const at::NoGradGuard no_gradient;
    const at::Tensor classes = label_tensor(labels);
    const at::Tensor scores = forward(images, labels.size(), parameter_tensors(parameters));
    return outcome(scores, classes, at::cross_entropy_loss(scores, classes));
  }

 private:
  // Weights and biases of every layer, in turn.
  std::vector<at::Tensor> parameter_tensors(std::span<const float> parameters) const {
    std::vector<at::Tensor> tensors;
    for (const LayerParameters& layer : layout_) {
      tensors.push_back(borrowed(parameters.subspan(layer.first_weight), layer.shape));
      tensors.push_back(
          borrowed(parameters.subspan(layer.first_bias), {static_cast<std::int64_t>(layer.biases)}));
    }
    return tensors;
  }

  static at::Tensor label_tensor(std::span<const std::int64_t> labels) {
    return at::from_blob(const_cast<std::int64_t*>(labels.data()), {static_cast<std::int64_t>(labels.size())},
                         at::kLong);
  }

  at::Tensor forward(std::span<const float> images, std::size_t count,
                     const std::vector<at::Tensor>& parameters) const {
    at::Tensor x =
        borrowed(images, {static_cast<std::int64_t>(count), image_.channels, image_.height, image_.width});
    auto next = parameters.begin();
    for (const Layer& layer : network_) {
      const at::IntArrayRef kernel(layer.kernel), stride(layer.stride), pad(layer.pad);
      switch (layer.kind) {
        case LayerKind::convolution:
          x = at::conv2d(x, next[0], next[1], stride, pad);
          break;
        case LayerKind::linear:
          x = at::linear(x.flatten(1), next[0], next[1]);
          break;
        case LayerKind::max_pool:
          x = at::max_pool2d(x, kernel, stride, 0, 1, true);
          break;
        case LayerKind::average_pool:
          x = at::avg_pool2d(x, kernel, stride, 0, true);
          break;
        case LayerKind::relu:
          x = at::relu(x);
          break;
      }
      if (layer.has_weights()) next += 2;
    }
    return x.flatten(1);
  }

  static void copy_gradient(const at::Tensor& tensor, std::span<float> out) {
    const at::Tensor gradient = tensor.grad().contiguous();
    std::copy_n(gradient.data_ptr<float>(), out.size(), out.data());
  }

  static BatchOutcome outcome(const at::Tensor& scores, const at::Tensor& classes, const at::Tensor& loss) {
    return {loss.item<double>(),
            static_cast<std::size_t>(scores.argmax(1).eq(classes).sum().item<std::int64_t>())};
  }

  Network network_;
  ImageShape image_;
  std::vector<LayerParameters> layout_;
};

class TorchBackend final : public NetworkBackend {
 public:
  std::string version() const override { return std::string("libtorch ") + TORCH_VERSION; }
  std::unique_ptr<NetworkGradient> make(const Network& network, const ImageShape& image,
                                        const std::vector<LayerParameters>& layout) const override {
    return std::make_unique<TorchGradient>(network, image, layout);
  }
};

}  // namespace
}  // namespace zipml

extern "C" __attribute__((visibility("default"))) const zipml::NetworkBackend* zipml_torch_backend_1() {
  static const zipml::TorchBackend backend;
  return &backend;
}
