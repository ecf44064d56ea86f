#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/component.h"
#include "engine/core/random.h"

namespace zipml {

/// What a vector becomes on its way between devices: the model read by the gradient device (Q3), the gradient
/// written to the update device (Q4). Section 3, equation 13.
class Channel {
 public:
  virtual ~Channel() = default;
  /// out = Q(in), same length. `vector_index` names the vector within the epoch (the batch number).
  virtual void transmit(std::span<const float> in, std::span<float> out, const DrawAddress& address,
                        std::uint64_t vector_index) const = 0;
  /// Bytes of one vector of n values, its scale included.
  virtual std::uint64_t bytes(std::size_t n) const = 0;
  virtual bool is_unbiased() const = 0;
  /// Whether what arrives is what was sent.
  virtual bool is_exact() const { return false; }
};

using ChannelFactory = std::unique_ptr<Channel> (*)(const Parameters&);

/// full (float32) and quantized (row scaling by the l2 norm; bits, levels, rounding).
const Registry<ChannelFactory>& channels();

}  // namespace zipml
