#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/component.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/estimator.h"
#include "engine/model/regularizer.h"

namespace zipml {

/// What one epoch of mini-batch SGD needs; borrowed.
struct EpochInput {
  const GradientEstimator& estimator;
  const Loss& loss;
  std::span<const float> labels;
  const Channel& model_channel;
  const Channel& gradient_channel;
  const Regularizer& regularizer;
  std::span<const std::uint32_t> order;  ///< rows in the order they are visited
  std::size_t batch = 1;                 ///< rows a mini-batch; the last one may be shorter
  std::size_t columns = 0;  ///< weights of the model; x has the padded length round_up(columns, 16)
  float gamma = 0.0f;       ///< step size of this epoch
  std::uint32_t epoch = 1;
  std::uint64_t seed = 1;
  std::size_t first_batch =
      0;  ///< number within the epoch of the first mini-batch: what draws are addressed by
};

/// Carries out the updates x <- prox(x - gamma Q4(mean of gradients at Q3(x))) of one epoch.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual bool is_reproducible() const = 0;
  /// Layout that quantized samples must have.
  virtual RowLayout layout() const { return RowLayout::compact; }
  /// Bytes of n weights as gradients read them, sent through the model channel.
  virtual std::uint64_t model_bytes(const Channel& channel, std::size_t n) const { return channel.bytes(n); }
  /// x: padded length, updated in place, padding stays zero.
  virtual void run_epoch(const EpochInput& input, std::span<float> x) = 0;
};

/// `threads`: what the caller grants; an engine with a `threads` parameter of its own uses that.
using EngineFactory = std::unique_ptr<Engine> (*)(const Parameters&, int threads);

const Registry<EngineFactory>& engine_registry();

}  // namespace zipml
