#pragma once

#include <memory>
#include <span>

#include "engine/core/component.h"

namespace zipml {

/// R(x) of the problem min f(x) + R(x), by its value and its proximal map.
class Regularizer {
 public:
  virtual ~Regularizer() = default;
  /// R(x); indicators give 0 (the iterates never leave their set).
  virtual double value(std::span<const float> x) const = 0;
  /// x <- prox_{gamma R}(x), in place; gamma > 0.
  virtual void prox(std::span<float> x, float gamma) const = 0;
};

using RegularizerFactory = std::unique_ptr<Regularizer> (*)(const Parameters&);

/// none, l2 (weight/2 |x|^2), l1 (weight |x|_1), box (|x_i| <= bound), nonnegative
/// (x_i >= 0), ball (|x|_2 <= radius).
const Registry<RegularizerFactory>& regularizers();

}  // namespace zipml
