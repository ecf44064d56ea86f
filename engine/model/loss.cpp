#include "engine/model/loss.h"

#include <algorithm>
#include <cmath>

#include "engine/core/portable_math.h"

namespace zipml {
namespace {

void subtract(const float* scores, const float* labels, std::size_t n, float* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = scores[i] - labels[i];
}

class LeastSquares final : public Loss {
 public:
  Task task() const override { return Task::regression; }
  double value(double score, double label) const override { return 0.5 * (score - label) * (score - label); }
  float derivative(float score, float label) const override { return score - label; }
  void derivatives(const float* scores, const float* labels, std::size_t n, float* out) const override {
    subtract(scores, labels, n, out);
  }
  bool derivative_is_affine() const override { return true; }
  bool scales_with_labels() const override { return true; }
  LossArgument argument() const override { return LossArgument::residual; }
  double slope(double u) const override { return u; }
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
  void derivatives(const float* scores, const float* labels, std::size_t n, float* out) const override {
    subtract(scores, labels, n, out);
  }
  bool derivative_is_affine() const override { return true; }
  bool scales_with_labels() const override { return false; }
  LossArgument argument() const override { return LossArgument::residual; }
  double slope(double u) const override { return u; }
};

// phi(b z) on labels -1 and +1.
class MarginLoss : public Loss {
 public:
  Task task() const final { return Task::classification; }
  double value(double score, double label) const final { return phi(label * score); }
  float derivative(float score, float label) const override {
    return static_cast<float>(double{label} * slope(double{label} * double{score}));
  }
  bool derivative_is_affine() const final { return false; }
  bool scales_with_labels() const final { return false; }
  LossArgument argument() const final { return LossArgument::margin; }

 private:
  virtual double phi(double u) const = 0;
};

class Hinge final : public MarginLoss {
 public:
  double slope(double u) const override { return u < 1.0 ? -1.0 : 0.0; }
  std::optional<SlopeJump> jump() const override { return SlopeJump{1.0, -1.0, 0.0}; }

 private:
  double phi(double u) const override { return std::max(0.0, 1.0 - u); }
};

class SquaredHinge final : public MarginLoss {
 public:
  double slope(double u) const override { return -2.0 * std::max(0.0, 1.0 - u); }

 private:
  double phi(double u) const override { return std::max(0.0, 1.0 - u) * std::max(0.0, 1.0 - u); }
};

class Logistic final : public MarginLoss {
 public:
  double slope(double u) const override { return -1.0 / (1.0 + portable_exp(u)); }

 private:
  // log(1 + e^-u) without overflow, and by its series where 1 + e^-u would round the tail away.
  double phi(double u) const override {
    const double tail = portable_exp(-std::fabs(u));
    return std::max(0.0, -u) + (tail < 1e-5 ? tail * (1.0 - 0.5 * tail) : portable_log(1.0 + tail));
  }
};

class Huber final : public Loss {
 public:
  explicit Huber(double threshold) : threshold_(threshold) {}
  Task task() const override { return Task::regression; }
  double value(double score, double label) const override {
    const double r = std::fabs(score - label);
    return r <= threshold_ ? 0.5 * r * r : threshold_ * (r - 0.5 * threshold_);
  }
  float derivative(float score, float label) const override {
    return static_cast<float>(slope(double{score} - double{label}));
  }
  bool derivative_is_affine() const override { return false; }
  bool scales_with_labels() const override { return false; }
  LossArgument argument() const override { return LossArgument::residual; }
  double slope(double u) const override { return std::clamp(u, -threshold_, threshold_); }

 private:
  double threshold_;
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
        make_loss<LeastSquaresSvm>},
       {{"hinge",
         "SVM on labels -1 and +1: max(0, 1 - b a'x); the paper projects x to a ball (regularizer ball), "
         "others add c/2 |x|^2 (l2)"},
        make_loss<Hinge>},
       {{"squared_hinge", "max(0, 1 - b a'x)^2 on labels -1 and +1"}, make_loss<SquaredHinge>},
       {{"logistic", "logistic regression on labels -1 and +1: log(1 + exp(-b a'x))"}, make_loss<Logistic>},
       {{"huber",
         "robust regression: 1/2 r^2 for |r| <= threshold, linear beyond, r = a'x - b",
         {{.key = "threshold",
           .type = ParameterType::number,
           .doc = "residual at which the loss becomes linear, prepared label units",
           .fallback = 1.0,
           .min = 0.0,
           .max = 1e30,
           .above_min = true}}},
        [](const Parameters& p) -> std::unique_ptr<Loss> {
          return std::make_unique<Huber>(p.number("threshold"));
        }}});
  return registry;
}

}  // namespace zipml
