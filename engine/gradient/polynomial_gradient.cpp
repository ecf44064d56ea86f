#include "engine/gradient/polynomial_gradient.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/gradient/linear_estimators.h"
#include "engine/gradient/quantizer_parameters.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

// Half of them the rows of largest norm, which have the largest scores; half evenly spaced.
std::vector<std::size_t> pilot_rows(const Matrix& features, std::size_t count) {
  const std::size_t rows = features.rows();
  std::vector<float> norms(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    const auto a = features.padded_row(r);
    norms[r] = kernels::dot(a.data(), a.data(), a.size());
  }
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (rows <= count) return order;
  const auto larger = [&](std::size_t i, std::size_t j) {
    return norms[i] > norms[j] || (norms[i] == norms[j] && i < j);
  };
  const std::size_t largest = count / 2;
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(largest), order.end(), larger);
  order.resize(largest);
  for (std::size_t i = largest; i < count; ++i) order.push_back((i - largest) * rows / (count - largest));
  return order;
}

}  // namespace

RadiusPolynomials::RadiusPolynomials(const Parameters& parameters, const EstimatorInput& input)
    : loss_(input.loss),
      degree_(static_cast<int>(parameters.integer("degree"))),
      delta_(parameters.is_text("delta") ? std::nullopt : std::optional(parameters.number("delta"))),
      rule_(product_rules()[parameters.text("product")]),
      center_(input.loss.jump() ? input.loss.jump()->at : 0.0) {
  if (!parameters.is_text("radius")) {
    fixed_ = std::make_unique<Entry>(make(parameters.number("radius")));
    return;
  }
  const std::vector<std::size_t> chosen = pilot_rows(input.features, kPilotRows);
  pilots_ = Matrix(chosen.size(), input.features.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto row = input.features.row(chosen[i]);
    std::copy(row.begin(), row.end(), pilots_.row(i).begin());
    pilot_labels_.push_back(input.labels[chosen[i]]);
  }
}

RadiusPolynomials::Entry RadiusPolynomials::make(double radius) const {
  SlopePolynomial slope = slope_polynomial(loss_, degree_, radius, delta_);
  PolynomialProduct product(slope.series, rule_);
  return {std::move(slope), std::move(product)};
}

double RadiusPolynomials::radius_of(int index) {
  const double half = std::sqrt(2.0), quarter = std::sqrt(half);
  const double fraction[] = {1.0, quarter, half, half * quarter};
  return std::ldexp(fraction[index % 4], index / 4 - 2);
}

const RadiusPolynomials::Entry& RadiusPolynomials::entry(int index) const {
  const auto i = static_cast<std::size_t>(index);
  std::call_once(made_[i], [&] { entries_[i] = std::make_unique<Entry>(make(radius_of(index))); });
  return *entries_[i];
}

const RadiusPolynomials::Entry& RadiusPolynomials::at(std::span<const float> x) const {
  if (fixed_) return *fixed_;
  double largest = 0.0;
  for (std::size_t i = 0; i < pilots_.rows(); ++i) {
    const double score = kernels::dot(pilots_.padded_row(i).data(), x.data(), x.size());
    const double u = loss_argument(loss_.argument() == LossArgument::margin, score, pilot_labels_[i]);
    // A model that has overflowed gets the largest radius.
    largest =
        std::isnan(u) ? std::numeric_limits<double>::infinity() : std::max(largest, std::fabs(u - center_));
  }
  int index = 0;
  while (index + 1 < kRadii && radius_of(index) < kSafety * largest) ++index;
  return entry(index);
}

PolynomialGradient::PolynomialGradient(const Parameters& parameters, const EstimatorInput& input)
    : labels_(input.labels),
      margin_(input.loss.argument() == LossArgument::margin),
      stride_(input.features.stride()),
      fresh_(parameters.text("sampling") == "fresh"),
      symmetric_(product_rules()[parameters.text("product")] == ProductRule::symmetric),
      cuts_(parameters.text("outside") == "cut"),
      generator_(requested_generator(parameters)),
      seed_(input.seed),
      threads_(input.threads),
      samples_(input.features, *requested_strategy(parameters), requested_levels(parameters),
               static_cast<int>(parameters.integer("degree")) + 1, input.threads,
               requested_scope(parameters, input.seed)),
      polynomials_(parameters, input) {
  if (!fresh_) samples_.quantize(seed_, 0, threads_, generator_);
}

void PolynomialGradient::begin_epoch(std::uint32_t epoch) {
  epoch_ = epoch;
  outside_.store(0, std::memory_order_relaxed);
  if (fresh_) samples_.quantize(seed_, epoch, threads_, generator_);
}

void PolynomialGradient::add_row(std::span<const float> x, std::uint32_t r,
                                 const RadiusPolynomials::Entry& polynomial, std::span<float> sum,
                                 EstimatorScratch& scratch) const {
  const auto draws = static_cast<std::size_t>(samples_.draws());
  fit_padded(scratch.draws, draws * stride_);
  samples_.decode(r, stride_, scratch.draws.data(), scratch.quantize);
  const auto draw = [&](std::size_t j) { return scratch.draws.data() + j * stride_; };
  const double label = labels_[r], factor = margin_ ? label : 1.0;
  std::array<double, kMaxDegree + 1> t{}, weight{};
  double mean = 0.0;
  for (std::size_t j = 0; j < draws; ++j) {
    const double u = loss_argument(margin_, kernels::dot(draw(j), x.data(), x.size()), label);
    t[j] = (u - polynomial.slope.center) / polynomial.slope.radius;
    mean += t[j] / static_cast<double>(draws);
  }
  if (!(std::fabs(mean) <= 1.0)) {
    outside_.fetch_add(1, std::memory_order_relaxed);
    if (cuts_) {
      for (std::size_t j = 0; j < draws; ++j) t[j] = std::clamp(t[j], -1.0, 1.0);
    }
  }
  if (!symmetric_) {
    const double slope = polynomial.product(std::span(t).first(draws - 1));
    kernels::axpy(static_cast<float>(factor * slope), draw(draws - 1), sum.data(), sum.size());
    return;
  }
  polynomial.product.without_each(std::span(t).first(draws), std::span(weight).first(draws));
  const double share = factor / static_cast<double>(draws);
  for (std::size_t j = 0; j + 1 < draws; j += 2) {
    kernels::axpy2(static_cast<float>(share * weight[j]), draw(j), static_cast<float>(share * weight[j + 1]),
                   draw(j + 1), sum.data(), sum.size());
  }
  if (draws % 2 == 1) {
    kernels::axpy(static_cast<float>(share * weight[draws - 1]), draw(draws - 1), sum.data(), sum.size());
  }
}

std::vector<ParameterInfo> polynomial_parameters() {
  std::vector<ParameterInfo> parameters = naive_parameters();
  for (ParameterInfo& parameter : parameters) {
    if (parameter.key != "bits") continue;
    parameter.doc = "bits of a draw's level: 2^bits levels; stored are these and log2(degree + 1) more";
    parameter.max = 11;
  }
  std::vector<std::string> rules;
  for (const ComponentInfo& rule : product_rules().family().members) rules.push_back(rule.name);
  parameters.push_back({.key = "degree",
                        .type = ParameterType::integer,
                        .doc = "degree of the polynomial; degree + 1 draws of every value are stored",
                        .fallback = std::int64_t{15},
                        .min = 1,
                        .max = kMaxDegree});
  parameters.push_back(
      {.key = "radius",
       .type = ParameterType::number,
       .doc =
           "the polynomial is good within this distance of 0, or of the slope's jump, in b a'x or a'x - b; "
           "\"estimate\": from 256 pilot rows, anew for every model",
       .fallback = std::string("estimate"),
       .min = 0.0,
       .max = 1e6,
       .choices = {"estimate"},
       .above_min = true});
  parameters.push_back(
      {.key = "delta",
       .type = ParameterType::number,
       .doc = "where the slope jumps: distance from the jump at which the polynomial begins to be good; "
              "\"best\": that of least mean error over the interval",
       .fallback = std::string("best"),
       .min = 0.0,
       .max = 1e6,
       .choices = {"best"},
       .above_min = true});
  parameters.push_back({.key = "product",
                        .type = ParameterType::text,
                        .doc = "powers: as in the paper; recurrence: Chebyshev recurrence, a fresh draw a "
                               "step; symmetric: mean over every order of the draws, least variance",
                        .fallback = std::string("symmetric"),
                        .choices = rules});
  parameters.push_back(
      {.key = "outside",
       .type = ParameterType::text,
       .doc = "rows whose mean score lies outside the radius: cut: their draws' scores are cut to it, biased "
              "but "
              "bounded; extend: the polynomial is used there too, unbiased for it and very large",
       .fallback = std::string("cut"),
       .choices = {"cut", "extend"}});
  return parameters;
}

}  // namespace zipml
