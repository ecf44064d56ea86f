#include "engine/gradient/linear_estimators.h"

#include <algorithm>

#include "engine/gradient/quantizer_parameters.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

// How far ahead rows are asked for: they come in random order, which no hardware prefetcher foresees.
constexpr std::size_t kBytesAhead = 17000;

// How many rows ahead that is, at least 1.
std::size_t rows_ahead(double row_bytes) {
  return std::max<std::size_t>(1, kBytesAhead / static_cast<std::size_t>(std::max(1.0, row_bytes)));
}

// The row to ask for while row i of `rows` is read, `upcoming` being read after them.
std::uint32_t row_ahead(std::span<const std::uint32_t> rows, std::size_t i, std::size_t distance,
                        std::span<const std::uint32_t> upcoming) {
  const std::size_t at = i + distance;
  if (at < rows.size()) return rows[at];
  return at - rows.size() < upcoming.size() ? upcoming[at - rows.size()] : rows.back();
}

class FullEstimator final : public GradientEstimator {
 public:
  explicit FullEstimator(const EstimatorInput& input)
      : features_(input.features),
        labels_(input.labels),
        loss_(input.loss),
        distance_(rows_ahead(bytes_per_row())) {}

  bool is_unbiased() const override { return true; }
  double bytes_per_row() const override { return static_cast<double>(features_.cols() * sizeof(float)); }
  void begin_epoch(std::uint32_t) override {}

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const float residual = residual_of(x, rows[i], row_ahead(rows, i, distance_, scratch.upcoming));
      kernels::axpy(residual, features_.padded_row(rows[i]).data(), sum.data(), sum.size());
    }
  }

  void descend(std::span<float> x, std::uint32_t row, float gamma, EstimatorScratch& scratch) const override {
    const float residual = residual_of(x, row, row_ahead({&row, 1}, 0, distance_, scratch.upcoming));
    kernels::axpy(-gamma * residual, features_.padded_row(row).data(), x.data(), x.size());
  }

 private:
  float residual_of(std::span<const float> x, std::uint32_t row, std::uint32_t ahead) const {
    const float score = kernels::dot_fetching(features_.padded_row(row).data(), x.data(), x.size(),
                                              features_.padded_row(ahead).data());
    return loss_.derivative(score, labels_[row]);
  }

  const Matrix& features_;
  std::span<const float> labels_;
  const Loss& loss_;
  std::size_t distance_;
};

// What naive, deterministic and double sampling share: packed samples, drawn anew every epoch or once.
class QuantizedEstimator : public GradientEstimator {
 public:
  QuantizedEstimator(const EstimatorInput& input, const Parameters& parameters, Rounding rounding, int draws)
      : labels_(input.labels),
        loss_(input.loss),
        stride_(input.features.stride()),
        samples_(make_samples(input, parameters, draws)),
        distance_(rows_ahead(samples_.bytes_per_row())),
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

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const final {
    for (std::size_t i = 0; i < rows.size(); ++i)
      add_gradient(x, rows[i], 1.0f, sum, row_ahead(rows, i, distance_, scratch.upcoming), scratch);
  }

  void descend(std::span<float> x, std::uint32_t row, float gamma, EstimatorScratch& scratch) const final {
    add_gradient(x, row, -gamma, x, row_ahead({&row, 1}, 0, distance_, scratch.upcoming), scratch);
  }

 protected:
  // y += factor * gradient of a row at x; y may be x. `ahead`: a row that will be read soon.
  virtual void add_gradient(std::span<const float> x, std::uint32_t row, float factor, std::span<float> y,
                            std::uint32_t ahead, EstimatorScratch& scratch) const = 0;

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

  std::size_t distance_;
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

 private:
  void add_gradient(std::span<const float> x, std::uint32_t row, float factor, std::span<float> y,
                    std::uint32_t ahead, EstimatorScratch& scratch) const override {
    if (samples_.are_fused()) {
      const float residual = loss_.derivative(samples_.dot(row, 0, x.data(), ahead), labels_[row]);
      return samples_.add_to(row, 0, factor * residual, y.data());
    }
    fit_padded(scratch.first, stride_);
    samples_.decode(row, 0, scratch.first.data(), scratch.quantize);
    const float score = kernels::dot(scratch.first.data(), x.data(), x.size());
    kernels::axpy(factor * loss_.derivative(score, labels_[row]), scratch.first.data(), y.data(), y.size());
  }
};

class DoubleSampling final : public QuantizedEstimator {
 public:
  DoubleSampling(const EstimatorInput& input, const Parameters& parameters)
      : QuantizedEstimator(input, parameters, Rounding::stochastic, 2),
        symmetrized_(parameters.boolean("symmetrized")) {}

  bool is_unbiased() const override { return true; }
  bool symmetrized() const override { return symmetrized_; }

 private:
  void add_gradient(std::span<const float> x, std::uint32_t row, float factor, std::span<float> y,
                    std::uint32_t ahead, EstimatorScratch& scratch) const override {
    const float half = 0.5f * factor;
    if (samples_.are_fused()) {
      const float by_second = loss_.derivative(samples_.dot(row, 1, x.data(), ahead), labels_[row]);
      if (!symmetrized_) return samples_.add_to(row, 0, factor * by_second, y.data());
      const float by_first = loss_.derivative(samples_.dot(row, 0, x.data(), ahead), labels_[row]);
      return samples_.add_both_to(row, half * by_second, half * by_first, y.data());
    }
    fit_padded(scratch.first, stride_);
    fit_padded(scratch.second, stride_);
    const float *first = scratch.first.data(), *second = scratch.second.data();
    samples_.decode_pair(row, scratch.first.data(), scratch.second.data(), scratch.quantize);
    const float by_second = loss_.derivative(kernels::dot(second, x.data(), x.size()), labels_[row]);
    if (!symmetrized_) return kernels::axpy(factor * by_second, first, y.data(), y.size());
    const float by_first = loss_.derivative(kernels::dot(first, x.data(), x.size()), labels_[row]);
    kernels::axpy2(half * by_second, first, half * by_first, second, y.data(), y.size());
  }

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
