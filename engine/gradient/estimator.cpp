#include "engine/gradient/estimator.h"

#include <algorithm>

#include "engine/gradient/chebyshev_estimator.h"
#include "engine/gradient/linear_estimators.h"
#include "engine/gradient/refetch_l1.h"
#include "engine/gradient/refetch_l2.h"
#include "engine/kernels/kernels.h"

namespace zipml {

void GradientEstimator::descend(std::span<float> x, std::uint32_t row, float gamma,
                                EstimatorScratch& scratch) const {
  fit_padded(scratch.sum, x.size());
  std::fill(scratch.sum.begin(), scratch.sum.end(), 0.0f);
  accumulate(x, {&row, 1}, scratch.sum, scratch);
  kernels::axpy(-gamma, scratch.sum.data(), x.data(), x.size());
}

const Registry<EstimatorFactory>& estimators() {
  static const Registry<EstimatorFactory> registry(
      "estimators", "how gradients read the samples",
      {
          {{"full", "float32 samples"}, make_full},
          {{"naive", "one stochastic draw, used twice: biased by D x (section 3)", naive_parameters()},
           make_naive},
          {{"deterministic", "every value rounded to its nearest level, once: biased",
            deterministic_parameters()},
           make_deterministic},
          {{"double_sampling", "two independent draws of every value: unbiased (equation 6)",
            double_sampling_parameters()},
           make_double_sampling},
          {{"chebyshev",
            "products of degree + 1 independent draws, unbiased for a polynomial in the place of the loss's "
            "slope (section 5)",
            chebyshev_parameters()},
           make_chebyshev},
          {{"refetch_l1",
            "one draw; rows whose slope it leaves uncertain are read again at full precision (section 5)",
            refetch_l1_parameters()},
           make_refetch_l1},
          {{"refetch_l2",
            "chebyshev, but rows whose sketched score lies near the slope's jump are read again at full "
            "precision (section 5)",
            refetch_l2_parameters()},
           make_refetch_l2},
      });
  return registry;
}

const std::vector<std::string>& packed_estimators() {
  static const std::vector<std::string> names = {"naive", "deterministic", "double_sampling"};
  return names;
}

std::string estimator_objection(std::string_view estimator, const Loss& loss) {
  if (estimator == "double_sampling" && !loss.derivative_is_affine())
    return "is unbiased only where the loss is quadratic in a'x";
  const bool refetches = estimator == "refetch_l1" || estimator == "refetch_l2";
  if (refetches && !loss.jump()) return "needs a loss whose slope is a step, such as \"hinge\"";
  return "";
}

}  // namespace zipml
