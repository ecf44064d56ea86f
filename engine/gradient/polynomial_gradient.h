#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/core/component.h"
#include "engine/gradient/estimator.h"
#include "engine/gradient/polynomial_product.h"
#include "engine/model/slope_polynomial.h"
#include "engine/quantize/counted_samples.h"

namespace zipml {

/// The polynomial that serves a model: of a given radius, or of one estimated anew for every model from the
/// scores of up to kPilotRows training rows, half of them those of largest norm, that the gradient device
/// keeps at full precision.
class RadiusPolynomials {
 public:
  struct Entry {
    SlopePolynomial slope;
    PolynomialProduct product;
  };
  static constexpr std::size_t kPilotRows = 256;
  static constexpr double kSafety = 1.25;  ///< estimated radius over the largest distance among the pilots

  RadiusPolynomials(const Parameters& parameters, const EstimatorInput& input);

  const Entry& at(std::span<const float> x) const;
  std::uint64_t pilot_bytes() const { return pilots_.rows() * pilots_.cols() * sizeof(float); }

 private:
  // Estimated radii are rounded up to 2^(i / 4 - 2), so that there are few polynomials to find.
  static constexpr int kRadii = 104;
  static double radius_of(int index);

  const Entry& entry(int index) const;
  Entry make(double radius) const;

  const Loss& loss_;
  int degree_;
  std::optional<double> delta_;
  ProductRule rule_;
  double center_;
  Matrix pilots_;
  std::vector<float> pilot_labels_;
  mutable std::array<std::once_flag, kRadii> made_;
  mutable std::array<std::unique_ptr<Entry>, kRadii> entries_;
  std::unique_ptr<Entry> fixed_;
};

/// Gradients of single rows as section 5 has them: b Q(P) Q_{d+1}(a), Q(P) a product of d more draws.
class PolynomialGradient {
 public:
  PolynomialGradient(const Parameters& parameters, const EstimatorInput& input);

  const ColumnLevels& levels() const { return samples_.levels(); }
  double bytes_per_row() const { return samples_.bytes_per_row(); }
  void begin_epoch(std::uint32_t epoch);

  const RadiusPolynomials::Entry& polynomial(std::span<const float> x) const { return polynomials_.at(x); }

  /// sum += the gradient of row r, by the polynomial for x.
  void add_row(std::span<const float> x, std::uint32_t r, const RadiusPolynomials::Entry& polynomial,
               std::span<float> sum, EstimatorScratch& scratch) const;

  std::uint64_t outside() const { return outside_.load(std::memory_order_relaxed); }
  /// Bytes of the pilot rows in the first epoch, in which they are read; 0 later.
  std::uint64_t extra_bytes() const { return epoch_ <= 1 ? polynomials_.pilot_bytes() : 0; }

 private:
  std::span<const float> labels_;
  bool margin_;
  std::size_t stride_;
  bool fresh_, symmetric_, cuts_;
  Generator generator_;
  std::uint64_t seed_;
  int threads_;
  CountedSamples samples_;
  RadiusPolynomials polynomials_;
  std::uint32_t epoch_ = 0;
  mutable std::atomic<std::uint64_t> outside_{0};
};

/// Parameters of the polynomial and its draws: bits, levels, sampling, degree, radius, delta, product,
/// outside.
std::vector<ParameterInfo> polynomial_parameters();

/// What dl/dz is made of phi' with: u = z - b and factor 1, or u = b z and factor b.
inline double loss_argument(bool margin, double score, double label) {
  return margin ? label * score : score - label;
}

}  // namespace zipml
