#include "engine/gradient/refetch_l2.h"

#include <atomic>
#include <cmath>
#include <stdexcept>

#include "engine/core/parallel.h"
#include "engine/gradient/polynomial_gradient.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

// r x n, entries +-1; the same on both sides, as both know the seed.
Matrix random_signs(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix signs(rows, cols);
  std::vector<std::uint32_t> words(cols);
  for (std::size_t i = 0; i < rows; ++i) {
    kernels::random_bits({seed, Stream::sketch_signs, 0}, 0, std::uint64_t{i} * signs.stride(), words.data(),
                         cols);
    for (std::size_t c = 0; c < cols; ++c) signs(i, c) = words[c] >> 31 ? 1.0f : -1.0f;
  }
  return signs;
}

void project(const Matrix& signs, const float* v, float* out) {
  for (std::size_t i = 0; i < signs.rows(); ++i)
    out[i] = kernels::dot(signs.padded_row(i).data(), v, signs.stride());
}

Matrix sketches_of(const Matrix& features, const Matrix& signs, int threads) {
  Matrix sketches(features.rows(), signs.rows());
  constexpr std::size_t kRows = 64;
  parallel_blocks(round_up(features.rows(), kRows) / kRows, threads, [&](std::size_t block) {
    const std::size_t last = std::min((block + 1) * kRows, features.rows());
    for (std::size_t r = block * kRows; r < last; ++r)
      project(signs, features.padded_row(r).data(), sketches.row(r).data());
  });
  return sketches;
}

std::unique_ptr<LevelStrategy> sketch_levels() {
  return level_strategies()["uniform"](choose(level_strategies().family(), "uniform").parameters);
}

class RefetchL2 final : public GradientEstimator {
 public:
  RefetchL2(const Parameters& parameters, const EstimatorInput& input)
      : features_(input.features),
        labels_(input.labels),
        loss_(input.loss),
        audit_(parameters.boolean("audit")),
        gradient_(parameters, input),
        signs_(random_signs(static_cast<std::size_t>(parameters.integer("sketch")), input.features.cols(),
                            input.seed)),
        sketches_(sketches_of(input.features, signs_, input.threads)),
        stored_(sketches_, *sketch_levels(), 1 << parameters.integer("sketch_bits"), 1, input.threads) {
    if (!loss_.jump() || loss_.argument() != LossArgument::margin)
      throw std::logic_error("refetching needs a margin loss whose slope is a step");
    stored_.quantize(Rounding::nearest, {input.seed, Stream::sample_rounding, 0}, input.threads);
  }

  bool is_unbiased() const override { return false; }
  double bytes_per_row() const override { return gradient_.bytes_per_row() + stored_.bytes_per_row(); }
  const ColumnLevels* sample_levels() const override { return &gradient_.levels(); }

  void begin_epoch(std::uint32_t epoch) override {
    refetched_.store(0, std::memory_order_relaxed);
    flipped_.store(0, std::memory_order_relaxed);
    gradient_.begin_epoch(epoch);
  }

  void accumulate(std::span<const float> x, std::span<const std::uint32_t> rows, std::span<float> sum,
                  EstimatorScratch& scratch) const override {
    if (rows.empty()) return;
    scratch.sketch.assign(sketches_.stride(), 0.0f);
    project(signs_, x.data(), scratch.sketch.data());
    fit_padded(scratch.first, sketches_.stride());
    const RadiusPolynomials::Entry& polynomial = gradient_.polynomial(x);
    for (const std::uint32_t r : rows) {
      stored_.decode(r, 0, scratch.first.data(), scratch.quantize);
      // |Ma|^2 + |Mx|^2 - |Ma - Mx|^2 = 2 (Ma)'(Mx).
      const double score =
          double{kernels::dot(scratch.first.data(), scratch.sketch.data(), sketches_.stride())} /
          static_cast<double>(sketches_.cols());
      const double distance = loss_.jump()->at - double{labels_[r]} * score;
      if (!(std::fabs(distance) <= 2.0 * polynomial.slope.delta)) {
        gradient_.add_row(x, r, polynomial, sum, scratch);
        if (audit_ && (exact_distance(x, r) > 0.0) != (distance > 0.0))
          flipped_.fetch_add(1, std::memory_order_relaxed);
        continue;
      }
      refetched_.fetch_add(1, std::memory_order_relaxed);
      const float* a = features_.padded_row(r).data();
      kernels::axpy(loss_.derivative(kernels::dot(a, x.data(), x.size()), labels_[r]), a, sum.data(),
                    sum.size());
    }
  }

  EpochCounts counts() const override {
    const std::uint64_t refetched = refetched_.load(std::memory_order_relaxed);
    return {.extra_bytes = gradient_.extra_bytes() + refetched * features_.cols() * sizeof(float),
            .refetched = refetched,
            .outside = gradient_.outside(),
            .flipped = flipped_.load(std::memory_order_relaxed)};
  }

 private:
  double exact_distance(std::span<const float> x, std::uint32_t r) const {
    const double score = kernels::dot(features_.padded_row(r).data(), x.data(), x.size());
    return loss_.jump()->at - double{labels_[r]} * score;
  }

  const Matrix& features_;
  std::span<const float> labels_;
  const Loss& loss_;
  bool audit_;
  PolynomialGradient gradient_;
  Matrix signs_, sketches_;
  QuantizedSamples stored_;
  mutable std::atomic<std::uint64_t> refetched_{0}, flipped_{0};
};

}  // namespace

std::unique_ptr<GradientEstimator> make_refetch_l2(const Parameters& parameters,
                                                   const EstimatorInput& input) {
  return std::make_unique<RefetchL2>(parameters, input);
}

std::vector<ParameterInfo> refetch_l2_parameters() {
  std::vector<ParameterInfo> parameters = polynomial_parameters();
  parameters.push_back({.key = "sketch",
                        .type = ParameterType::integer,
                        .doc = "r, the values of a row's Johnson-Lindenstrauss sketch",
                        .fallback = std::int64_t{64},
                        .min = 1,
                        .max = 65536});
  parameters.push_back({.key = "sketch_bits",
                        .type = ParameterType::integer,
                        .doc = "bits of a stored sketch value, rounded to the nearest level of its column",
                        .fallback = std::int64_t{8},
                        .min = 1,
                        .max = 16});
  parameters.push_back({.key = "audit",
                        .type = ParameterType::boolean,
                        .doc =
                            "count the rows whose sketch lies on the wrong side of the jump, by looking at "
                            "every row in full precision; not counted as read",
                        .fallback = true});
  return parameters;
}

}  // namespace zipml
