#include "engine/gradient/label_store.h"

#include "engine/gradient/quantizer_parameters.h"
#include "engine/quantize/quantized_samples.h"

namespace zipml {
namespace {

class FullLabels final : public LabelStore {
 public:
  explicit FullLabels(const Matrix& labels) : labels_(labels) {}
  void begin_epoch(std::uint32_t) override {}
  const Matrix& read() const override { return labels_; }
  double bytes_per_row() const override { return static_cast<double>(labels_.cols() * sizeof(float)); }

 private:
  const Matrix& labels_;
};

class QuantizedLabels final : public LabelStore {
 public:
  QuantizedLabels(const Parameters& parameters, const Matrix& labels, std::uint64_t seed, int threads)
      : stored_(labels, *requested_strategy(parameters), requested_levels(parameters), 1, threads),
        decoded_(labels.rows(), labels.cols()),
        rounding_(roundings()[parameters.text("rounding")]),
        fresh_(rounding_ == Rounding::stochastic && parameters.text("sampling") == "fresh"),
        seed_(seed),
        threads_(threads) {
    if (!fresh_) quantize(0);
  }

  void begin_epoch(std::uint32_t epoch) override {
    if (fresh_) quantize(epoch);
  }
  const Matrix& read() const override { return decoded_; }
  double bytes_per_row() const override { return stored_.bytes_per_row(); }

 private:
  void quantize(std::uint32_t epoch) {
    stored_.quantize(rounding_, {seed_, Stream::label_rounding, epoch}, threads_);
    QuantizeScratch scratch;
    for (std::size_t r = 0; r < decoded_.rows(); ++r) stored_.decode(r, 0, decoded_.row(r).data(), scratch);
  }

  QuantizedSamples stored_;
  Matrix decoded_;
  Rounding rounding_;
  bool fresh_;
  std::uint64_t seed_;
  int threads_;
};

std::vector<ParameterInfo> quantized_parameters() {
  std::vector<ParameterInfo> parameters = quantizer_parameters("column");
  parameters.push_back(rounding_parameter("labels"));
  parameters.push_back({.key = "sampling",
                        .type = ParameterType::text,
                        .doc = "stochastic rounding: fresh draws every epoch, or one set of draws for all",
                        .fallback = std::string("fresh"),
                        .choices = {"fresh", "once"}});
  return parameters;
}

}  // namespace

const Registry<LabelStoreFactory>& label_stores() {
  static const Registry<LabelStoreFactory> registry(
      "label_stores", "how gradients read the labels; other than full only for the data set \"tomography\"",
      {{{"full", "float32"},
        [](const Parameters&, const Matrix& labels, std::uint64_t, int) -> std::unique_ptr<LabelStore> {
          return std::make_unique<FullLabels>(labels);
        }},
       {{"quantized", "rounded, one draw a label", quantized_parameters()},
        [](const Parameters& parameters, const Matrix& labels, std::uint64_t seed,
           int threads) -> std::unique_ptr<LabelStore> {
          return std::make_unique<QuantizedLabels>(parameters, labels, seed, threads);
        }}});
  return registry;
}

}  // namespace zipml
