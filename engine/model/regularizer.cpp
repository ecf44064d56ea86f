#include "engine/model/regularizer.h"

#include <algorithm>
#include <cmath>

namespace zipml {
namespace {

double squared_norm(std::span<const float> x) {
  double sum = 0.0;
  for (const float v : x) sum += double{v} * double{v};
  return sum;
}

class NoRegularizer final : public Regularizer {
 public:
  double value(std::span<const float>) const override { return 0.0; }
  void prox(std::span<float>, float) const override {}
};

class L2 final : public Regularizer {
 public:
  explicit L2(double weight) : weight_(weight) {}
  double value(std::span<const float> x) const override { return 0.5 * weight_ * squared_norm(x); }
  void prox(std::span<float> x, float gamma) const override {
    const auto shrink = static_cast<float>(1.0 / (1.0 + double{gamma} * weight_));
    for (float& v : x) v *= shrink;
  }

 private:
  double weight_;
};

class L1 final : public Regularizer {
 public:
  explicit L1(double weight) : weight_(weight) {}
  double value(std::span<const float> x) const override {
    double sum = 0.0;
    for (const float v : x) sum += std::fabs(double{v});
    return weight_ * sum;
  }
  void prox(std::span<float> x, float gamma) const override {
    const auto threshold = static_cast<float>(double{gamma} * weight_);
    for (float& v : x) v = std::copysign(std::max(std::fabs(v) - threshold, 0.0f), v);
  }

 private:
  double weight_;
};

class Box final : public Regularizer {
 public:
  explicit Box(double bound) : bound_(static_cast<float>(bound)) {}
  double value(std::span<const float>) const override { return 0.0; }
  void prox(std::span<float> x, float) const override {
    for (float& v : x) v = std::clamp(v, -bound_, bound_);
  }

 private:
  float bound_;
};

class NonNegative final : public Regularizer {
 public:
  double value(std::span<const float>) const override { return 0.0; }
  void prox(std::span<float> x, float) const override {
    for (float& v : x) v = std::max(v, 0.0f);
  }
};

class Ball final : public Regularizer {
 public:
  explicit Ball(double radius) : radius_(radius) {}
  double value(std::span<const float>) const override { return 0.0; }
  void prox(std::span<float> x, float) const override {
    const double norm = std::sqrt(squared_norm(x));
    if (!(norm > radius_)) return;
    const auto shrink = static_cast<float>(radius_ / norm);
    for (float& v : x) v *= shrink;
  }

 private:
  double radius_;
};

template <class T>
std::unique_ptr<Regularizer> make_from(const char* key, const Parameters& parameters) {
  return std::make_unique<T>(parameters.number(key));
}

ParameterInfo positive(const char* key, const char* doc) {
  return {.key = key, .type = ParameterType::number, .doc = doc, .min = 0.0, .max = 1e30, .above_min = true};
}

}  // namespace

const Registry<RegularizerFactory>& regularizers() {
  static const Registry<RegularizerFactory> registry(
      "regularizers", "R(x), applied by its proximal map after every step",
      {{{"none", "R = 0"},
        [](const Parameters&) -> std::unique_ptr<Regularizer> { return std::make_unique<NoRegularizer>(); }},
       {{"l2",
         "weight/2 |x|_2^2",
         {positive("weight", "factor of the squared norm, all weights and the intercept")}},
        [](const Parameters& p) { return make_from<L2>("weight", p); }},
       {{"l1", "weight |x|_1", {positive("weight", "factor of the sum of absolute values")}},
        [](const Parameters& p) { return make_from<L1>("weight", p); }},
       {{"box",
         "|x_i| <= bound for every i",
         {positive("bound", "half the side of the box, prepared units")}},
        [](const Parameters& p) { return make_from<Box>("bound", p); }},
       {{"nonnegative", "x_i >= 0 for every i"},
        [](const Parameters&) -> std::unique_ptr<Regularizer> { return std::make_unique<NonNegative>(); }},
       {{"ball", "|x|_2 <= radius", {positive("radius", "radius of the ball, prepared units")}},
        [](const Parameters& p) { return make_from<Ball>("radius", p); }}});
  return registry;
}

}  // namespace zipml
