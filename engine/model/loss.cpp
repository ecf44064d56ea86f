#include "engine/model/loss.h"

namespace zipml {
namespace {

class LeastSquares final : public Loss {
 public:
  Task task() const override { return Task::regression; }
  double value(double score, double label) const override { return 0.5 * (score - label) * (score - label); }
  float derivative(float score, float label) const override { return score - label; }
  bool derivative_is_affine() const override { return true; }
  bool scales_with_labels() const override { return true; }
};

// With labels -1 and +1, 1/2 (1 - b z)^2 = 1/2 (z - b)^2: least squares on the labels, and the derivative is
// affine.
class LeastSquaresSvm final : public Loss {
 public:
  Task task() const override { return Task::classification; }
  double value(double score, double label) const override {
    return 0.5 * (1.0 - label * score) * (1.0 - label * score);
  }
  float derivative(float score, float label) const override { return score - label; }
  bool derivative_is_affine() const override { return true; }
  bool scales_with_labels() const override { return false; }
};

template <class T>
std::unique_ptr<Loss> make_loss(const Parameters&) {
  return std::make_unique<T>();
}

}  // namespace

const Registry<LossFactory>& losses() {
  static const Registry<LossFactory> registry(
      "models", "what is minimised over the training rows",
      {{{"least_squares", "linear regression: 1/2 (a'x - b)^2"}, make_loss<LeastSquares>},
       {{"ls_svm",
         "least-squares SVM on labels -1 and +1: 1/2 (1 - b a'x)^2; its c/2 |x|^2 is the l2 regularizer"},
        make_loss<LeastSquaresSvm>}});
  return registry;
}

}  // namespace zipml
