#include "engine/gradient/linear_estimators.h"

#include <algorithm>

#include "engine/gradient/quantizer_parameters.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

// How far ahead rows are asked for: they come in random order, which no hardware prefetcher foresees.
constexpr std::size_t kFloatsAhead = 4250;

class FullEstimator final : public GradientEstimator {
 public:
  explicit FullEstimator(const EstimatorInput& input)
      : features_(input.features), labels_(input.labels), loss_(input.loss) {}

  bool is_unbiased() const override { return true; }
  double bytes_per_row() const override { return static_cast<double>(features_.cols() * sizeof(float)); }
  void begin_epoch(std::uint32_t) override {}

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    const std::size_t rows_ahead = std::max<std::size_t>(1, kFloatsAhead / x.size());
    const auto row_at = [&](std::size_t i) {
      if (i < rows.size()) return rows[i];
      return i - rows.size() < scratch.upcoming.size() ? scratch.upcoming[i - rows.size()] : rows.back();
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t r = rows[i];
      const float* a = features_.padded_row(r).data();
      const float* ahead = features_.padded_row(row_at(i + rows_ahead)).data();
      const float score = kernels::dot_fetching(a, x.data(), x.size(), ahead);
      const float residual = loss_.derivative(score, labels_[r]);
      kernels::axpy(residual, a, sum.data(), sum.size());
    }
  }

 private:
  const Matrix& features_;
  std::span<const float> labels_;
  const Loss& loss_;
};

// What naive, deterministic and double sampling share: packed samples, drawn anew every epoch or once.
class QuantizedEstimator : public GradientEstimator {
 public:
  QuantizedEstimator(const EstimatorInput& input, const Parameters& parameters, Rounding rounding, int draws)
      : labels_(input.labels),
        loss_(input.loss),
        stride_(input.features.stride()),
        samples_(make_samples(input, parameters, draws)),
        rounding_(rounding),
        fresh_(rounding == Rounding::stochastic && parameters.text("sampling") == "fresh"),
        generator_(rounding == Rounding::stochastic ? requested_generator(parameters) : Generator::philox),
        seed_(input.seed),
        threads_(input.threads) {
    if (!fresh_) samples_.quantize(rounding_, {seed_, Stream::sample_rounding, 0, generator_}, threads_);
  }

  double bytes_per_row() const override { return samples_.bytes_per_row(); }
  const QuantizedSamples* samples() const override { return &samples_; }

  void begin_epoch(std::uint32_t epoch) override {
    if (fresh_) samples_.quantize(rounding_, {seed_, Stream::sample_rounding, epoch, generator_}, threads_);
  }

 protected:
  std::span<const float> labels_;
  const Loss& loss_;
  std::size_t stride_;
  QuantizedSamples samples_;

 private:
  static QuantizedSamples make_samples(const EstimatorInput& input, const Parameters& parameters, int draws) {
    const auto strategy = requested_strategy(parameters);
    const int levels = requested_levels(parameters);
    const LevelScope scope = requested_scope(parameters, input.seed);
    if (input.source != nullptr)
      return {*input.source, *strategy, levels, draws, input.threads, scope, input.layout};
    return {input.features, *strategy, levels, draws, input.threads, scope, input.layout};
  }

  Rounding rounding_;
  bool fresh_;
  Generator generator_;
  std::uint64_t seed_;
  int threads_;
};

class OneDrawEstimator final : public QuantizedEstimator {
 public:
  OneDrawEstimator(const EstimatorInput& input, const Parameters& parameters, Rounding rounding)
      : QuantizedEstimator(input, parameters, rounding, 1) {}

  bool is_unbiased() const override { return false; }

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    fit_padded(scratch.first, stride_);
    for (const std::uint32_t r : rows) {
      samples_.decode(r, 0, scratch.first.data(), scratch.quantize);
      const float score = kernels::dot(scratch.first.data(), x.data(), x.size());
      kernels::axpy(loss_.derivative(score, labels_[r]), scratch.first.data(), sum.data(), sum.size());
    }
  }
};

class DoubleSampling final : public QuantizedEstimator {
 public:
  DoubleSampling(const EstimatorInput& input, const Parameters& parameters)
      : QuantizedEstimator(input, parameters, Rounding::stochastic, 2),
        symmetrized_(parameters.boolean("symmetrized")) {}

  bool is_unbiased() const override { return true; }
  bool symmetrized() const override { return symmetrized_; }

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    fit_padded(scratch.first, stride_);
    fit_padded(scratch.second, stride_);
    const float *first = scratch.first.data(), *second = scratch.second.data();
    for (const std::uint32_t r : rows) {
      samples_.decode_pair(r, scratch.first.data(), scratch.second.data(), scratch.quantize);
      const float by_second = loss_.derivative(kernels::dot(second, x.data(), x.size()), labels_[r]);
      if (!symmetrized_) {
        kernels::axpy(by_second, first, sum.data(), sum.size());
        continue;
      }
      const float by_first = loss_.derivative(kernels::dot(first, x.data(), x.size()), labels_[r]);
      kernels::axpy2(0.5f * by_second, first, 0.5f * by_first, second, sum.data(), sum.size());
    }
  }

 private:
  bool symmetrized_;
};

}  // namespace

std::unique_ptr<GradientEstimator> make_full(const Parameters&, const EstimatorInput& input) {
  return std::make_unique<FullEstimator>(input);
}

std::unique_ptr<GradientEstimator> make_naive(const Parameters& parameters, const EstimatorInput& input) {
  return std::make_unique<OneDrawEstimator>(input, parameters, Rounding::stochastic);
}

std::unique_ptr<GradientEstimator> make_deterministic(const Parameters& parameters,
                                                      const EstimatorInput& input) {
  return std::make_unique<OneDrawEstimator>(input, parameters, Rounding::nearest);
}

std::unique_ptr<GradientEstimator> make_double_sampling(const Parameters& parameters,
                                                        const EstimatorInput& input) {
  return std::make_unique<DoubleSampling>(input, parameters);
}

std::vector<ParameterInfo> deterministic_parameters() { return sample_quantizer_parameters(); }

std::vector<ParameterInfo> naive_parameters() {
  std::vector<ParameterInfo> parameters = sample_quantizer_parameters();
  parameters.push_back(
      {.key = "sampling",
       .type = ParameterType::text,
       .doc = "fresh: new draws every epoch, unbiased over the run; once: one set of draws for all epochs",
       .fallback = std::string("fresh"),
       .choices = {"fresh", "once"}});
  parameters.push_back(generator_parameter());
  return parameters;
}

std::vector<ParameterInfo> double_sampling_parameters() {
  std::vector<ParameterInfo> parameters = naive_parameters();
  parameters.push_back({.key = "symmetrized",
                        .type = ParameterType::boolean,
                        .doc = "average both orders of the two draws: lower variance for the same bytes",
                        .fallback = true});
  return parameters;
}

}  // namespace zipml
