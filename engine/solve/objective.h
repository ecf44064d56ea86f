#pragma once

#include <span>

#include "engine/data/dataset.h"
#include "engine/model/loss.h"

namespace zipml {

/// Mean loss and share of right signs over the rows of a split.
struct Evaluation {
  double loss = 0.0;  ///< mean of loss.value, no regularizer, prepared units; NaN without rows
  double accuracy =
      0.0;  ///< share of rows whose score has the sign of the label (0 counts as +); NaN without rows
};

/// Exact in the sense that every sum is float64 and in a fixed order, so that it does not depend on
/// `threads`. x: one weight a column.
Evaluation evaluate(const Split& split, const Loss& loss, std::span<const double> x, int threads);

}  // namespace zipml
