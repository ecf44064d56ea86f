#pragma once

#include <memory>

#include "engine/core/component.h"
#include "engine/core/task.h"

namespace zipml {

/// Loss of one sample as a function of its score z = a'x and its label b.
class Loss {
 public:
  virtual ~Loss() = default;
  virtual Task task() const = 0;
  virtual double value(double score, double label) const = 0;
  /// dl/dz, what a gradient multiplies the sample by.
  virtual float derivative(float score, float label) const = 0;
  /// dl/dz is affine in z: then two independent draws make an unbiased gradient (section 3).
  virtual bool derivative_is_affine() const = 0;
  /// The loss is quadratic in the label's scale, so that label scaling can be undone in reports.
  virtual bool scales_with_labels() const = 0;
};

using LossFactory = std::unique_ptr<Loss> (*)(const Parameters&);

/// Every loss, as a config's `model.kind`.
const Registry<LossFactory>& losses();

}  // namespace zipml
