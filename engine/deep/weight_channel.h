#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/component.h"
#include "engine/core/random.h"

namespace zipml {

/// What the weights of a network become before a forward and backward pass (section 6). Each tensor is
/// quantized on its own, with levels found from its present values.
class WeightChannel {
 public:
  virtual ~WeightChannel() = default;

  virtual bool is_full() const = 0;

  /// out = Q(values), one tensor. Stochastic rounding draws at (address, first_element + i, draw);
  /// first_element is a multiple of 4. Values must be finite.
  virtual void quantize(std::span<const float> values, const DrawAddress& address,
                        std::uint64_t first_element, std::uint32_t draw, std::span<float> out) const = 0;

  /// Bytes of a tensor of n weights as it would be sent: packed codes and its levels as float32.
  virtual std::uint64_t bytes(std::size_t n) const = 0;
};

using WeightChannelFactory = std::unique_ptr<WeightChannel> (*)(const Parameters&);

/// Every weight channel, as a config's `precision.weights.kind`.
const Registry<WeightChannelFactory>& weight_channels();

}  // namespace zipml
