#pragma once

#include <functional>
#include <vector>

#include "engine/core/component.h"
#include "engine/data/preprocess.h"
#include "engine/deep/network_gradient.h"
#include "engine/deep/weight_channel.h"
#include "engine/solve/training.h"

namespace zipml {

/// How a network is trained. Every choice is checked (see Parameters).
struct NetworkTrainingSpec {
  ComponentChoice network;  ///< one of networks()
  ComponentChoice weights;  ///< one of weight_channels()
  ComponentChoice solver;   ///< one of network_solvers()
  std::uint64_t seed = 1;
};

/// The solvers of networks: `momentum_sgd`.
const ComponentFamily& network_solvers();

/// Trains on the images of a prepared multiclass set. Every iteration quantizes the full-precision master
/// weights, takes the gradient at the quantized ones and applies it to the master (straight-through, section
/// 6): v <- momentum v + rate (gradient + decay w), w <- w - v.
///
/// The trace has a row every `display` iterations. Its train_loss is the mean loss of the mini-batches since
/// the row before, at the quantized weights; that of row 0 is the loss of the first training images before
/// training. Test columns are NaN except every `test_every` iterations and at the end; a stochastic channel
/// draws the weights once for each test. A loss that is not finite ends the run with status `diverged`.
///
/// The result's x are the master parameters (see parameter_layout()). It is a pure function of data and spec
/// as far as `gradient` is one.
TrainingResult train_network(const PreparedData& data, const NetworkTrainingSpec& spec,
                             NetworkGradient& gradient, const EpochCallback& on_row = {});

/// One straight-through step of stochastic gradient descent with momentum.
class MomentumSolver {
 public:
  struct Rates {
    double rate = 1e-3, momentum = 0.9, weight_decay = 0.0, bias_rate = 2.0;
  };
  MomentumSolver(std::vector<LayerParameters> layout, Rates rates)
      : layout_(std::move(layout)), rates_(rates), velocity_(parameter_count(layout_), 0.0f) {}

  void set_rate(double rate) { rates_.rate = rate; }

  /// Updates the master parameters by a gradient taken anywhere.
  void step(std::span<const float> gradient, std::span<float> master);

 private:
  std::vector<LayerParameters> layout_;
  Rates rates_;
  std::vector<float> velocity_;
};

/// out = the parameters with every layer's weights sent through the channel; biases are copied.
void quantize_weights(const WeightChannel& channel, const std::vector<LayerParameters>& layout,
                      std::span<const float> parameters, const DrawAddress& address, std::uint32_t draw,
                      std::span<float> out);

}  // namespace zipml
