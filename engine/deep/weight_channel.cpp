#include "engine/deep/weight_channel.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/gradient/quantizer_parameters.h"
#include "engine/kernels/kernels.h"
#include "engine/quantize/level_index.h"
#include "engine/quantize/quantized_samples.h"
#include "engine/quantize/rounding.h"

namespace zipml {
namespace {

class FullWeights final : public WeightChannel {
 public:
  bool is_full() const override { return true; }
  void quantize(std::span<const float> values, const DrawAddress&, std::uint64_t, std::uint32_t,
                std::span<float> out) const override {
    std::copy(values.begin(), values.end(), out.begin());
  }
  std::uint64_t bytes(std::size_t n) const override { return n * sizeof(float); }
};

class QuantizedWeights final : public WeightChannel {
 public:
  QuantizedWeights(std::unique_ptr<LevelStrategy> strategy, int count, Rounding rounding)
      : strategy_(std::move(strategy)), count_(count), rounding_(rounding) {
    if (strategy_->scales_rows()) throw std::logic_error("a weight channel needs levels of the tensor's own");
  }

  bool is_full() const override { return false; }

  void quantize(std::span<const float> values, const DrawAddress& address, std::uint64_t first_element,
                std::uint32_t draw, std::span<float> out) const override {
    const LevelSet levels = strategy_->levels(values, count_);
    const LevelIndex index(levels);
    const std::span<const float> level = levels.values();
    if (rounding_ == Rounding::nearest) {
      for (std::size_t i = 0; i < values.size(); ++i) out[i] = level[index.nearest(values[i])];
      return;
    }
    std::vector<std::uint32_t> words(values.size());
    kernels::random_bits(address, draw, first_element, words.data(), words.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const LevelSet::Bracket in = index.bracket(values[i]);
      out[i] = level[in.lower + (unit_float(words[i]) < in.upper_share ? 1u : 0u)];
    }
  }

  std::uint64_t bytes(std::size_t n) const override {
    const auto bits = static_cast<std::uint64_t>(bits_for_levels(count_));
    return (n * bits + 7) / 8 + static_cast<std::uint64_t>(count_) * sizeof(float);
  }

 private:
  std::unique_ptr<LevelStrategy> strategy_;
  int count_;
  Rounding rounding_;
};

std::vector<ParameterInfo> quantized_parameters() {
  std::vector<ParameterInfo> parameters = quantizer_parameters("column");
  parameters.push_back(rounding_parameter("weights"));
  return parameters;
}

}  // namespace

const Registry<WeightChannelFactory>& weight_channels() {
  static const Registry<WeightChannelFactory> registry(
      "weight_channels", "what a network's weights become before each forward and backward pass",
      {{{"full", "float32"},
        [](const Parameters&) -> std::unique_ptr<WeightChannel> { return std::make_unique<FullWeights>(); }},
       {{"quantized", "rounded to levels found from each tensor's present weights; biases stay float32",
         quantized_parameters()},
        [](const Parameters& parameters) -> std::unique_ptr<WeightChannel> {
          return std::make_unique<QuantizedWeights>(requested_strategy(parameters),
                                                    requested_levels(parameters),
                                                    roundings()[parameters.text("rounding")]);
        }}});
  return registry;
}

}  // namespace zipml
