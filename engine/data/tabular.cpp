#include "engine/data/tabular.h"

#include <algorithm>
#include <cmath>

#include "engine/core/parallel.h"
#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/data/normals.h"

namespace zipml {
namespace {

constexpr std::size_t kBlockRows = 256;

class TabularGenerator {
 public:
  TabularGenerator(const TabularRecipe& recipe, std::uint64_t seed) : recipe_(recipe), seed_(seed) {
    for (const TabularColumn& column : recipe.columns) {
      double shared = 0.0;
      for (const double loading : column.loadings) shared += loading * loading;
      own_weight_.push_back(std::sqrt(std::max(0.0, 1.0 - shared)));
      log_centre_.push_back(column.shape == TabularColumn::Shape::lognormal ? portable_log(column.centre)
                                                                            : 0.0);
    }
  }

  Split split(std::uint32_t which, std::size_t rows, int threads) const {
    Split result{Matrix(rows, recipe_.columns.size()), std::vector<float>(rows)};
    parallel_blocks((rows + kBlockRows - 1) / kBlockRows, threads, [&](std::size_t block) {
      std::vector<double> draws(recipe_.factors + 1 + recipe_.columns.size());
      for (std::size_t r = block * kBlockRows; r < std::min(rows, (block + 1) * kBlockRows); ++r) {
        make_row(which, r, draws, result.features.row(r), result.labels[r]);
      }
    });
    return result;
  }

 private:
  void make_row(std::uint32_t which, std::size_t row, std::span<double> draws, std::span<float> out,
                float& label) const {
    fill_normals({seed_, Stream::generate_features, which}, row * round_up(draws.size(), 4), 0, draws);
    const std::span<double> factors = draws.first(recipe_.factors);
    if (recipe_.label == nullptr) {
      const double p = recipe_.share_positive;
      const bool positive = draw_unit_double({seed_, Stream::generate_labels, which}, row, 0) < p;
      label = positive ? 1.0f : -1.0f;
      factors[0] = positive ? std::sqrt((1.0 - p) / p) : -std::sqrt(p / (1.0 - p));
    } else {
      label = static_cast<float>(recipe_.label(factors, draws[recipe_.factors]));
    }
    const std::span<const double> own = draws.subspan(recipe_.factors + 1);
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = static_cast<float>(value(c, factors, own[c]));
  }

  double value(std::size_t c, std::span<const double> factors, double own) const {
    const TabularColumn& column = recipe_.columns[c];
    double u = own_weight_[c] * own;
    for (std::size_t k = 0; k < column.loadings.size(); ++k) u += column.loadings[k] * factors[k];
    double v =
        column.shape == TabularColumn::Shape::lognormal
            ? portable_exp(log_centre_[c] + column.spread * u)
            : column.centre + column.spread * (u + column.bend * (u * u - 1.0) + column.cubic * u * u * u);
    v = std::clamp(v, column.low, column.high);
    return column.step > 0.0 ? std::floor(v / column.step + 0.5) * column.step : v;
  }

  const TabularRecipe& recipe_;
  std::uint64_t seed_;
  std::vector<double> own_weight_, log_centre_;
};

}  // namespace

Dataset generate(const TabularRecipe& recipe, std::uint64_t seed, std::size_t train_rows,
                 std::size_t test_rows, int threads) {
  const TabularGenerator generator(recipe, seed);
  Dataset data;
  data.name = recipe.name;
  data.title = recipe.title;
  data.stand_in_for = recipe.stand_in_for;
  data.task = recipe.label == nullptr ? Task::classification : Task::regression;
  data.train = generator.split(0, train_rows, threads);
  data.test = generator.split(1, test_rows, threads);
  return data;
}

}  // namespace zipml
