#include "engine/gradient/channel.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/gradient/quantizer_parameters.h"
#include "engine/kernels/kernels.h"
#include "engine/pack/bit_matrix.h"
#include "engine/quantize/quantized_samples.h"
#include "engine/quantize/rounding.h"

namespace zipml {
namespace {

class FullChannel final : public Channel {
 public:
  void transmit(std::span<const float> in, std::span<float> out, const DrawAddress&,
                std::uint64_t) const override {
    std::copy(in.begin(), in.end(), out.begin());
  }
  std::uint64_t bytes(std::size_t n) const override { return n * sizeof(float); }
  bool is_unbiased() const override { return true; }
  bool is_exact() const override { return true; }
};

// Row scaling: the range of models and gradients moves, so every vector brings its own norm.
class QuantizedChannel final : public Channel {
 public:
  QuantizedChannel(LevelSet unit_levels, Rounding rounding)
      : levels_(std::move(unit_levels)), rounding_(rounding), bits_(bits_for_levels(levels_.size())) {}

  void transmit(std::span<const float> in, std::span<float> out, const DrawAddress& address,
                std::uint64_t vector_index) const override {
    const float norm = std::sqrt(kernels::dot(in.data(), in.data(), in.size()));
    if (!(norm > 0.0f) || !std::isfinite(norm)) {
      // Nothing to scale by: zero stays zero, and a vector that has overflowed must still look so.
      std::copy(in.begin(), in.end(), out.begin());
      return;
    }
    static thread_local AlignedVector<std::uint32_t> words;
    words.resize(in.size());
    if (rounding_ == Rounding::stochastic) {
      kernels::random_bits(address, 0, vector_index * round_up(in.size(), kRowAlignment), words.data(),
                           in.size());
    }
    const auto values = levels_.values();
    for (std::size_t i = 0; i < in.size(); ++i) {
      const float scaled = in[i] / norm;
      std::uint32_t code = 0;
      if (rounding_ == Rounding::nearest) {
        code = levels_.nearest(scaled);
      } else {
        const LevelSet::Bracket bracket = levels_.bracket(scaled);
        code = bracket.lower + (unit_float(words[i]) < bracket.upper_share ? 1u : 0u);
      }
      out[i] = norm * values[code];
    }
  }

  std::uint64_t bytes(std::size_t n) const override { return packed_bytes(n, bits_) + sizeof(float); }
  bool is_unbiased() const override { return rounding_ == Rounding::stochastic; }

 private:
  LevelSet levels_;
  Rounding rounding_;
  int bits_;
};

std::unique_ptr<Channel> make_quantized(const Parameters& parameters) {
  const auto strategy = requested_strategy(parameters);
  if (!strategy->scales_rows()) throw std::logic_error("a model or gradient channel needs row scaling");
  return std::make_unique<QuantizedChannel>(strategy->levels({}, requested_levels(parameters)),
                                            roundings()[parameters.text("rounding")]);
}

std::vector<ParameterInfo> quantized_parameters() {
  std::vector<ParameterInfo> parameters = quantizer_parameters("row");
  parameters.push_back(rounding_parameter("values"));
  return parameters;
}

}  // namespace

const Registry<ChannelFactory>& channels() {
  static const Registry<ChannelFactory> registry(
      "channels", "what the model (Q3) or the gradient (Q4) becomes on its way between devices",
      {{{"full", "float32"},
        [](const Parameters&) -> std::unique_ptr<Channel> { return std::make_unique<FullChannel>(); }},
       {{"quantized", "scaled by its l2 norm and rounded, once a mini-batch (equation 13)",
         quantized_parameters()},
        make_quantized}});
  return registry;
}

}  // namespace zipml
