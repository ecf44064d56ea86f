#include "engine/gradient/refetch_l1.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <stdexcept>

#include "engine/gradient/linear_estimators.h"
#include "engine/gradient/quantizer_parameters.h"
#include "engine/kernels/kernels.h"
#include "engine/quantize/interval_samples.h"

namespace zipml {
namespace {

// What rounding can do to the values of a column.
struct ColumnReach {
  double step;       // largest distance between neighbouring levels
  double beyond;     // how far values lie outside the levels
  double magnitude;  // largest magnitude of values and levels
};

std::vector<ColumnReach> column_reaches(const Matrix& features, const ColumnLevels& levels) {
  std::vector<ColumnReach> reaches;
  for (std::size_t c = 0; c < levels.cols(); ++c) {
    const LevelSet& set = levels.column(c);
    const auto values = set.values();
    double step = 0.0;
    for (std::size_t i = 1; i < values.size(); ++i)
      step = std::max(step, double{values[i]} - double{values[i - 1]});
    reaches.push_back({step, 0.0, std::max(std::fabs(double{set.low()}), std::fabs(double{set.high()}))});
  }
  for (std::size_t r = 0; r < features.rows(); ++r) {
    for (std::size_t c = 0; c < levels.cols(); ++c) {
      const double v = features(r, c);
      ColumnReach& reach = reaches[c];
      reach.beyond =
          std::max({reach.beyond, v - double{levels.column(c).high()}, double{levels.column(c).low()} - v});
      reach.magnitude = std::max(reach.magnitude, std::fabs(v));
    }
  }
  return reaches;
}

class RefetchL1 : public GradientEstimator {
 public:
  RefetchL1(const EstimatorInput& input, const Parameters& parameters)
      : features_(input.features),
        labels_(input.labels),
        loss_(input.loss),
        jump_(required_jump(input.loss)),
        fresh_(parameters.text("sampling") == "fresh"),
        generator_(requested_generator(parameters)),
        seed_(input.seed),
        threads_(input.threads) {}

  bool is_unbiased() const override { return false; }

  void begin_epoch(std::uint32_t epoch) override {
    refetched_.store(0, std::memory_order_relaxed);
    if (fresh_) quantize(epoch);
  }

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    const double bound = common_bound(x);
    std::uint64_t refetched = 0;
    for (const std::uint32_t r : rows) {
      const double distance = certain_distance(r, x, bound, scratch);
      const float label = labels_[r];
      if (distance != 0.0) {
        const double slope = distance > 0.0 ? jump_.before : jump_.after;
        if (slope == 0.0) continue;
        kernels::axpy(static_cast<float>(slope) * label, scratch.first.data(), sum.data(), sum.size());
        continue;
      }
      ++refetched;
      const float* a = features_.padded_row(r).data();
      kernels::axpy(loss_.derivative(kernels::dot(a, x.data(), x.size()), label), a, sum.data(), sum.size());
    }
    refetched_.fetch_add(refetched, std::memory_order_relaxed);
  }

  EpochCounts counts() const override {
    const std::uint64_t refetched = refetched_.load(std::memory_order_relaxed);
    return {.extra_bytes = refetched * features_.cols() * sizeof(float), .refetched = refetched};
  }

 protected:
  // Fresh codes for an epoch.
  virtual void quantize(std::uint32_t epoch) = 0;
  // The part of the bound that all rows share.
  virtual double common_bound(std::span<const float> x) const = 0;
  // Decodes row r to scratch.first. How far its argument lies below the jump if the sign of that is certain,
  // 0 where it is not.
  virtual double certain_distance(std::uint32_t r, std::span<const float> x, double common_bound,
                                  EstimatorScratch& scratch) const = 0;

  // sum_i |x_i| (steps * step_i + beyond_i), and room for rounding: two float32 dot products of n values in
  // 32 partial sums, and decoded levels that are off by a few units in the last place.
  double bound(const std::vector<ColumnReach>& reaches, std::span<const float> x, double steps) const {
    double moved = 0.0, size = 0.0;
    for (std::size_t c = 0; c < reaches.size(); ++c) {
      const double weight = std::fabs(double{x[c]});
      moved += weight * (steps * reaches[c].step + reaches[c].beyond);
      size += weight * reaches[c].magnitude;
    }
    return moved * (1.0 + 0x1p-40) + size * (static_cast<double>(reaches.size()) / 32.0 + 12.0) * 0x1p-23;
  }

  double below_jump(const float* a, std::span<const float> x, std::uint32_t r) const {
    return jump_.at - double{labels_[r]} * double{kernels::dot(a, x.data(), x.size())};
  }

  DrawAddress address(std::uint32_t epoch) const {
    return {seed_, Stream::sample_rounding, epoch, generator_};
  }

  const Matrix& features_;
  std::span<const float> labels_;
  const Loss& loss_;
  SlopeJump jump_;
  bool fresh_;
  Generator generator_;
  std::uint64_t seed_;
  int threads_;

 private:
  static SlopeJump required_jump(const Loss& loss) {
    const std::optional<SlopeJump> jump = loss.jump();
    if (!jump || loss.argument() != LossArgument::margin)
      throw std::logic_error("refetching needs a margin loss whose slope is a step");
    return *jump;
  }

  mutable std::atomic<std::uint64_t> refetched_{0};
};

// The drawn level alone is known: a value lies within a step of it, or half a step if it was rounded to the
// nearest.
class RefetchByStep final : public RefetchL1 {
 public:
  RefetchByStep(const EstimatorInput& input, const Parameters& parameters, Rounding rounding)
      : RefetchL1(input, parameters),
        samples_(input.features, *requested_strategy(parameters), requested_levels(parameters), 1,
                 input.threads, requested_scope(parameters, input.seed)),
        reaches_(column_reaches(input.features, samples_.levels())),
        rounding_(rounding) {
    if (rounding == Rounding::nearest) fresh_ = false;
    if (!fresh_) quantize(0);
  }

  double bytes_per_row() const override { return samples_.bytes_per_row(); }
  const ColumnLevels* sample_levels() const override { return &samples_.levels(); }

 private:
  void quantize(std::uint32_t epoch) override { samples_.quantize(rounding_, address(epoch), threads_); }

  double common_bound(std::span<const float> x) const override {
    return bound(reaches_, x, rounding_ == Rounding::nearest ? 0.5 : 1.0);
  }

  double certain_distance(std::uint32_t r, std::span<const float> x, double bound,
                          EstimatorScratch& scratch) const override {
    fit_padded(scratch.first, x.size());
    samples_.decode(r, 0, scratch.first.data(), scratch.quantize);
    const double distance = below_jump(scratch.first.data(), x, r);
    return std::fabs(distance) > bound ? distance : 0.0;
  }

  QuantizedSamples samples_;
  std::vector<ColumnReach> reaches_;
  Rounding rounding_;
};

// The interval of every value is known: it lies within half a step of the middle.
class RefetchByInterval final : public RefetchL1 {
 public:
  RefetchByInterval(const EstimatorInput& input, const Parameters& parameters)
      : RefetchL1(input, parameters),
        samples_(input.features, *requested_strategy(parameters), requested_levels(parameters), input.threads,
                 requested_scope(parameters, input.seed)),
        reaches_(column_reaches(input.features, samples_.levels())) {
    if (!fresh_) quantize(0);
  }

  double bytes_per_row() const override { return samples_.bytes_per_row(); }
  const ColumnLevels* sample_levels() const override { return &samples_.levels(); }

 private:
  void quantize(std::uint32_t epoch) override { samples_.quantize(address(epoch), threads_); }

  double common_bound(std::span<const float> x) const override { return bound(reaches_, x, 0.0); }

  double certain_distance(std::uint32_t r, std::span<const float> x, double bound,
                          EstimatorScratch& scratch) const override {
    for (AlignedVector<float>* buffer : {&scratch.first, &scratch.second, &scratch.third})
      fit_padded(*buffer, x.size());
    samples_.decode(r, scratch.first.data(), scratch.second.data(), scratch.third.data(), scratch.quantize);
    const double distance = below_jump(scratch.second.data(), x, r);
    for (std::size_t c = 0; c < reaches_.size(); ++c)
      bound += std::fabs(double{x[c]}) * double{scratch.third[c]};
    return std::fabs(distance) > bound ? distance : 0.0;
  }

  IntervalSamples samples_;
  std::vector<ColumnReach> reaches_;
};

}  // namespace

std::unique_ptr<GradientEstimator> make_refetch_l1(const Parameters& parameters,
                                                   const EstimatorInput& input) {
  const std::string& bound = parameters.text("bound");
  if (bound == "interval") return std::make_unique<RefetchByInterval>(input, parameters);
  return std::make_unique<RefetchByStep>(input, parameters,
                                         bound == "nearest" ? Rounding::nearest : Rounding::stochastic);
}

std::vector<ParameterInfo> refetch_l1_parameters() {
  std::vector<ParameterInfo> parameters = naive_parameters();
  for (ParameterInfo& parameter : parameters) {
    if (parameter.key == "bits") parameter.max = 15;
  }
  parameters.push_back(
      {.key = "bound",
       .type = ParameterType::text,
       .doc =
           "step: sum of |x_i| step_i, as in the paper; interval: one more bit a value names the interval "
           "it lies in, which halves the bound; nearest: values rounded to the nearest level, which halves "
           "it without that bit",
       .fallback = std::string("step"),
       .choices = {"step", "interval", "nearest"}});
  return parameters;
}

}  // namespace zipml
