#include "engine/gradient/chebyshev_estimator.h"

#include "engine/gradient/polynomial_gradient.h"

namespace zipml {
namespace {

class ChebyshevEstimator final : public GradientEstimator {
 public:
  ChebyshevEstimator(const Parameters& parameters, const EstimatorInput& input)
      : gradient_(parameters, input), extends_(parameters.text("outside") == "extend") {}

  bool is_unbiased() const override { return extends_; }
  double bytes_per_row() const override { return gradient_.bytes_per_row(); }
  const ColumnLevels* sample_levels() const override { return &gradient_.levels(); }

  void begin_epoch(std::uint32_t epoch) override { gradient_.begin_epoch(epoch); }

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    if (rows.empty()) return;
    const RadiusPolynomials::Entry& polynomial = gradient_.polynomial(x);
    for (const std::uint32_t r : rows) gradient_.add_row(x, r, polynomial, sum, scratch);
  }

  EpochCounts counts() const override {
    return {.extra_bytes = gradient_.extra_bytes(), .outside = gradient_.outside()};
  }

 private:
  PolynomialGradient gradient_;
  bool extends_;
};

}  // namespace

std::unique_ptr<GradientEstimator> make_chebyshev(const Parameters& parameters, const EstimatorInput& input) {
  return std::make_unique<ChebyshevEstimator>(parameters, input);
}

std::vector<ParameterInfo> chebyshev_parameters() { return polynomial_parameters(); }

}  // namespace zipml
