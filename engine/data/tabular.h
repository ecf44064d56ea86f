#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engine/core/task.h"
#include "engine/data/dataset.h"

namespace zipml {

/// One generated column. A score u, standard normal, mixes the row's common factors with noise of its own;
/// the value is a monotone or bent function of u, then cut to [low, high] and to multiples of `step`.
struct TabularColumn {
  enum class Shape {
    bent,       ///< centre + spread (u + bend (u^2 - 1) + cubic u^3)
    lognormal,  ///< centre e^(spread u)
  };
  std::vector<double> loadings;  ///< weight of each factor; their squares sum to at most 1
  Shape shape = Shape::bent;
  double centre = 0.0, spread = 1.0, bend = 0.0, cubic = 0.0;
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  double step = 0.0;  ///< 0: any value
};

/// Recipe of a generated table: columns correlated through factors, labels a function of the factors.
struct TabularRecipe {
  std::string name, title, stand_in_for;
  std::size_t train_rows = 0, test_rows = 0;
  std::size_t factors = 0;
  std::vector<TabularColumn> columns;
  /// Regression: the label from the row's factors and one more standard normal. Null for classification:
  /// factor 0 is then the class, +1 with probability `share_positive`, standardised.
  double (*label)(std::span<const double> factors, double noise) = nullptr;
  double share_positive = 0.5;
};

TabularRecipe cadata_like();
TabularRecipe cpusmall_like();
TabularRecipe cod_rna_like();
TabularRecipe year_like();

/// Makes the first `train_rows` and `test_rows` rows of a recipe's splits. Every value has its own address,
/// so neither the limits nor the number of threads change a row.
Dataset generate(const TabularRecipe& recipe, std::uint64_t seed, std::size_t train_rows,
                 std::size_t test_rows, int threads);

}  // namespace zipml
