#include "engine/gradient/estimator.h"

#include "engine/gradient/linear_estimators.h"

namespace zipml {

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
      });
  return registry;
}

}  // namespace zipml
