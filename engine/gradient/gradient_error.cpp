#include "engine/gradient/gradient_error.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/core/parallel.h"

namespace zipml {
namespace {

// Rows whose sums are added one after another; fixed, so that threads cannot change a rounding.
constexpr std::size_t kRowsPerBlock = 128;

using Vector = std::vector<double>;

// Sums over some rows at one model.
struct Sums {
  double squares = 0.0;       // of |g - g*|
  double full_squares = 0.0;  // of |g*|
  double lemma = 0.0, residual = 0.0;
  Vector errors, full;  // of g - g* and of g*

  explicit Sums(std::size_t columns) : errors(columns, 0.0), full(columns, 0.0) {}

  void add(const Sums& other) {
    squares += other.squares;
    full_squares += other.full_squares;
    lemma += other.lemma;
    residual += other.residual;
    for (std::size_t c = 0; c < errors.size(); ++c) {
      errors[c] += other.errors[c];
      full[c] += other.full[c];
    }
  }
};

double squared_norm(const Vector& values) {
  double sum = 0.0;
  for (const double value : values) sum += value * value;
  return sum;
}

class Measurement {
 public:
  Measurement(const EstimatorInput& input, const ComponentChoice& samples,
              std::span<const AlignedVector<float>> models)
      : input_(input),
        models_(models),
        rows_(input.features.rows()),
        columns_(input.features.cols()),
        tested_(estimators()[samples.kind](samples.parameters, input)),
        full_(estimators()["full"]({}, input)) {}

  // Sums over all rows, a model an entry, of the draws of one epoch.
  std::vector<Sums> draw(std::uint32_t epoch) {
    tested_->begin_epoch(epoch);
    return over_rows([&](std::span<const std::uint32_t> rows, std::size_t model, Sums& sums) {
      add_errors(rows, model, sums);
    });
  }

  // Sums of what does not depend on the draws.
  std::vector<Sums> fixed() {
    return over_rows([&](std::span<const std::uint32_t> rows, std::size_t model, Sums& sums) {
      for (const std::uint32_t r : rows) add_bounds(r, models_[model], sums);
    });
  }

 private:
  template <class Body>
  std::vector<Sums> over_rows(const Body& body) {
    const std::size_t blocks = (rows_ + kRowsPerBlock - 1) / kRowsPerBlock;
    std::vector<std::vector<Sums>> parts(blocks, std::vector<Sums>(models_.size(), Sums(columns_)));
    parallel_blocks(blocks, input_.threads, [&](std::size_t block) {
      std::vector<std::uint32_t> rows;
      const std::size_t last = std::min((block + 1) * kRowsPerBlock, rows_);
      for (std::size_t r = block * kRowsPerBlock; r < last; ++r)
        rows.push_back(static_cast<std::uint32_t>(r));
      for (std::size_t model = 0; model < models_.size(); ++model) body(rows, model, parts[block][model]);
    });
    std::vector<Sums> total(models_.size(), Sums(columns_));
    for (const std::vector<Sums>& part : parts) {
      for (std::size_t model = 0; model < models_.size(); ++model) total[model].add(part[model]);
    }
    return total;
  }

  void add_errors(std::span<const std::uint32_t> rows, std::size_t model, Sums& sums) const {
    const AlignedVector<float>& x = models_[model];
    EstimatorScratch scratch;
    AlignedVector<float> tested(x.size()), full(x.size());
    for (const std::uint32_t r : rows) {
      std::fill(tested.begin(), tested.end(), 0.0f);
      std::fill(full.begin(), full.end(), 0.0f);
      tested_->accumulate(x, {&r, 1}, tested, scratch);
      full_->accumulate(x, {&r, 1}, full, scratch);
      for (std::size_t c = 0; c < columns_; ++c) {
        const double exact = full[c], error = static_cast<double>(tested[c]) - exact;
        sums.squares += error * error;
        sums.errors[c] += error;
        sums.full_squares += exact * exact;
        sums.full[c] += exact;
      }
    }
  }

  void add_bounds(std::uint32_t r, const AlignedVector<float>& x, Sums& sums) const {
    const QuantizedSamples* samples = tested_->samples();
    if (!samples) return;
    double variation = 0.0, score = 0.0, norm = 0.0, fourth_powers = 0.0;
    for (std::size_t c = 0; c < columns_; ++c) {
      const double a = input_.features(r, c), weight = x[c];
      variation += samples->variance(r, c);
      score += a * weight;
      norm += a * a;
      fourth_powers += weight * weight * weight * weight;
    }
    const double squares = std::sqrt(fourth_powers), residual = score - static_cast<double>(input_.labels[r]);
    const double common = variation * squares + squares * norm;
    sums.lemma += variation * (common + score * score);
    sums.residual += variation * (common + residual * residual);
  }

  const EstimatorInput& input_;
  std::span<const AlignedVector<float>> models_;
  std::size_t rows_, columns_;
  std::unique_ptr<GradientEstimator> tested_, full_;
};

}  // namespace

std::vector<GradientError> measure_gradient_error(const EstimatorInput& input, const ComponentChoice& samples,
                                                  std::span<const AlignedVector<float>> models, int draws,
                                                  const std::function<bool()>& stop) {
  if (draws < 2) throw std::logic_error("an error over draws needs two of them");
  Measurement measurement(input, samples, models);
  const auto rows = static_cast<double>(input.features.rows());
  std::vector<Sums> total(models.size(), Sums(input.features.cols()));
  std::vector<Vector> means(models.size());  // of the squared error, a draw an entry
  for (int draw = 1; draw <= draws; ++draw) {
    const std::vector<Sums> one = measurement.draw(static_cast<std::uint32_t>(draw));
    for (std::size_t m = 0; m < models.size(); ++m) {
      total[m].add(one[m]);
      means[m].push_back(one[m].squares / rows);
    }
    if (stop && stop()) return {};
  }
  const std::vector<Sums> fixed = measurement.fixed();
  const double count = rows * draws;
  std::vector<GradientError> errors;
  for (std::size_t m = 0; m < models.size(); ++m) {
    GradientError error;
    error.mean_squared = total[m].squares / count;
    double spread = 0.0;
    for (const double mean : means[m]) spread += (mean - error.mean_squared) * (mean - error.mean_squared);
    error.standard_error = std::sqrt(spread / (draws - 1) / draws);
    error.bias_squared = squared_norm(total[m].errors) / (count * count);
    error.sampling_variance = total[m].full_squares / count - squared_norm(total[m].full) / (count * count);
    error.lemma_bound = fixed[m].lemma / rows;
    error.residual_bound = fixed[m].residual / rows;
    errors.push_back(error);
  }
  return errors;
}

}  // namespace zipml
