#include "engine/gradient/linear_estimators.h"

#include <algorithm>

#include "engine/gradient/quantizer_parameters.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/rows_ahead.h"

namespace zipml {
namespace {

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
        distance_(kernels::rows_ahead(features_.cols() * sizeof(float))) {}

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
        distance_(kernels::rows_ahead(static_cast<std::size_t>(samples_.bytes_per_row()))),
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

  // The row as the functions below read it: decoded, unless kernels read it as it is stored.
  void open_row(std::uint32_t row, EstimatorScratch& scratch) const {
    if (samples_.are_fused()) return;
    fit_padded(scratch.first, stride_);
    if (samples_.draws() == 1) return samples_.decode(row, 0, scratch.first.data(), scratch.quantize);
    fit_padded(scratch.second, stride_);
    samples_.decode_pair(row, scratch.first.data(), scratch.second.data(), scratch.quantize);
  }

  // Slope of the loss at the score of one draw.
  float residual(std::span<const float> x, std::uint32_t row, std::size_t draw, std::uint32_t ahead,
                 const EstimatorScratch& scratch) const {
    const float score = samples_.are_fused() ? samples_.dot(row, draw, x.data(), ahead)
                                             : kernels::dot(decoded(draw, scratch), x.data(), x.size());
    return loss_.derivative(score, labels_[row]);
  }

  void add_draw(std::uint32_t row, float alpha, std::span<float> y, const EstimatorScratch& scratch) const {
    if (samples_.are_fused()) return samples_.add_to(row, 0, alpha, y.data());
    kernels::axpy(alpha, decoded(0, scratch), y.data(), y.size());
  }

  void add_draws(std::uint32_t row, float alpha, float beta, std::span<float> y,
                 const EstimatorScratch& scratch) const {
    if (samples_.are_fused()) return samples_.add_both_to(row, alpha, beta, y.data());
    kernels::axpy2(alpha, decoded(0, scratch), beta, decoded(1, scratch), y.data(), y.size());
  }

 private:
  static const float* decoded(std::size_t draw, const EstimatorScratch& scratch) {
    return (draw == 0 ? scratch.first : scratch.second).data();
  }

  static QuantizedSamples make_samples(const EstimatorInput& input, const Parameters& parameters, int draws) {
    const auto strategy = requested_strategy(parameters);
    const int levels = requested_levels(parameters);
    const LevelScope scope = requested_scope(parameters, input.seed);
    if (input.source != nullptr)
      return {*input.source, *strategy, levels, draws, input.threads, scope, input.layout};
    return {input.features, *strategy, levels, draws, input.threads, scope, input.layout};
  }

  std::span<const float> labels_;
  const Loss& loss_;
  std::size_t stride_;
  QuantizedSamples samples_;
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
    open_row(row, scratch);
    add_draw(row, factor * residual(x, row, 0, ahead, scratch), y, scratch);
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
    open_row(row, scratch);
    const float by_second = residual(x, row, 1, ahead, scratch);
    if (!symmetrized_) return add_draw(row, factor * by_second, y, scratch);
    const float by_first = residual(x, row, 0, ahead, scratch), half = 0.5f * factor;
    add_draws(row, half * by_second, half * by_first, y, scratch);
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
