#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "engine/core/component.h"
#include "engine/core/task.h"

namespace zipml {

/// What a loss is a function of: l = phi(z - b) of the residual, or l = phi(b z) of the margin.
enum class LossArgument { residual, margin };

/// A derivative phi' that is one constant below a point and another one above it.
struct SlopeJump {
  double at;             ///< the argument at which phi' jumps
  double before, after;  ///< phi' below and above it
};

/// Loss of one sample as a function of its score z = a'x and its label b.
class Loss {
 public:
  virtual ~Loss() = default;
  virtual Task task() const = 0;
  virtual double value(double score, double label) const = 0;
  /// dl/dz, what a gradient multiplies the sample by.
  virtual float derivative(float score, float label) const = 0;
  /// The same for n samples.
  virtual void derivatives(const float* scores, const float* labels, std::size_t n, float* out) const {
    for (std::size_t i = 0; i < n; ++i) out[i] = derivative(scores[i], labels[i]);
  }
  /// dl/dz is affine in z: then two independent draws make an unbiased gradient (section 3).
  virtual bool derivative_is_affine() const = 0;
  /// The loss is quadratic in the label's scale, so that label scaling can be undone in reports.
  virtual bool scales_with_labels() const = 0;

  virtual LossArgument argument() const = 0;
  /// phi'(u): dl/dz is phi'(z - b), or b phi'(b z).
  virtual double slope(double u) const = 0;
  /// Set where phi' is a step function; such a loss allows refetching (section 5).
  virtual std::optional<SlopeJump> jump() const { return {}; }
};

using LossFactory = std::unique_ptr<Loss> (*)(const Parameters&);

/// Every loss, as a config's `model.kind`.
const Registry<LossFactory>& losses();

}  // namespace zipml
