#include <algorithm>
#include <cmath>

#include "engine/core/parallel.h"
#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/data/dataset_kinds.h"
#include "engine/data/tabular.h"

namespace zipml {
namespace {

using Shape = TabularColumn::Shape;

std::string stand_in_title(const std::string& name, const std::string& real) {
  return name + " (generated stand-in for " + real + ")";
}

/// House prices: income decides most; 15% of the districts hit the cap, as in the census data.
double house_value(std::span<const double> factors, double noise) {
  const double score = 0.80 * factors[0] - 0.10 * factors[2] + 0.59 * noise;
  return std::clamp(std::floor(178000.0 * portable_exp(0.56 * score) + 0.5), 14999.0, 500001.0);
}

/// Share of time in user mode: most machines near 90, a tail down to 0.
double user_share(std::span<const double> factors, double noise) {
  const double score = 0.80 * factors[0] + 0.45 * factors[1] + 0.40 * noise;
  return std::clamp(std::floor(100.0 - portable_exp(2.4 + 0.75 * score) + 0.5), 0.0, 99.0);
}

/// Year of release: most songs are recent, with a long tail back to 1922.
double release_year(std::span<const double> factors, double noise) {
  const double score = 0.35 * factors[0] + 0.30 * factors[1] - 0.25 * factors[2] + 0.85 * noise;
  const double age = portable_exp(2.1972 - 0.78 * score);
  return std::clamp(std::floor(2011.0 - age + 0.5), 1922.0, 2011.0);
}

template <TabularRecipe (*recipe)()>
Dataset make_tabular(const Parameters& parameters, const DataContext&) {
  const TabularRecipe made = recipe();
  return generate(made, static_cast<std::uint64_t>(parameters.integer("seed")),
                  rows_wanted(parameters, "train_rows", made.train_rows),
                  rows_wanted(parameters, "test_rows", made.test_rows), available_threads());
}

template <TabularRecipe (*recipe)()>
Registry<DatasetFactory>::Entry tabular_entry(const char* doc) {
  const TabularRecipe made = recipe();
  std::vector<ParameterInfo> parameters = row_limits(made.train_rows, made.test_rows);
  parameters.push_back(seed_parameter());
  return {{made.name, doc, parameters}, make_tabular<recipe>};
}

}  // namespace

TabularRecipe cadata_like() {
  TabularRecipe recipe{"cadata-like",
                       stand_in_title("cadata-like", "cadata"),
                       "cadata",
                       10000,
                       10640,
                       3,
                       {},
                       house_value,
                       0.5};
  // Factors: wealth, size of the district, place. Ranges and medians follow the published summary of the set.
  recipe.columns = {
      {{0.92, 0.05}, Shape::lognormal, 3.53, 0.47, 0, 0, 0.4999, 15.0001, 0.0001},
      {{-0.10, -0.35, 0.0}, Shape::bent, 28.6, 12.6, 0, 0, 1, 52, 1},
      {{0.20, 0.95, 0.0}, Shape::lognormal, 2127, 0.75, 0, 0, 2, 39320, 1},
      {{-0.02, 0.98, 0.0}, Shape::lognormal, 435, 0.72, 0, 0, 1, 6445, 1},
      {{-0.05, 0.92, -0.05}, Shape::lognormal, 1166, 0.75, 0, 0, 3, 35682, 1},
      {{0.0, 0.985, -0.03}, Shape::lognormal, 409, 0.72, 0, 0, 1, 6082, 1},
      {{-0.05, 0.0, 0.96}, Shape::bent, 35.6, 2.13, 0.15, 0, 32.54, 41.95, 0.01},
      {{0.0, 0.05, -0.96}, Shape::bent, -119.6, 2.0, -0.10, 0, -124.35, -114.31, 0.01},
  };
  return recipe;
}

TabularRecipe cpusmall_like() {
  TabularRecipe recipe{"cpusmall-like",
                       stand_in_title("cpusmall-like", "cpusmall"),
                       "cpusmall",
                       6000,
                       2192,
                       3,
                       {},
                       user_share,
                       0.5};
  // Factors: load, memory pressure, disk traffic.
  recipe.columns = {
      {{0.15, 0.10, 0.70}, Shape::lognormal, 7, 1.35, 0, 0, 0, 1845, 1},
      {{0.15, 0.05, 0.75}, Shape::lognormal, 2, 1.9, 0, 0, 0, 575, 1},
      {{0.80, 0.10, 0.15}, Shape::lognormal, 1950, 0.68, 0, 0, 109, 12493, 1},
      {{0.85, 0.05, 0.10}, Shape::lognormal, 160, 0.78, 0, 0, 6, 5318, 1},
      {{0.80, 0.05, 0.10}, Shape::lognormal, 114, 0.75, 0, 0, 7, 5456, 1},
      {{0.70, 0.10, 0.0}, Shape::lognormal, 0.95, 1.15, 0, 0, 0, 20.12, 0.01},
      {{0.60, 0.05, 0.0}, Shape::lognormal, 1.0, 1.4, 0, 0, 0, 59.56, 0.01},
      {{0.50, 0.20, 0.10}, Shape::lognormal, 105000, 1.15, 0, 0, 278, 2526649, 1},
      {{0.40, 0.20, 0.10}, Shape::lognormal, 50000, 1.1, 0, 0, 1498, 1801623, 1},
      {{0.10, 0.85, 0.0}, Shape::lognormal, 2.4, 1.15, 0, 0, 1, 2823, 0.1},
      {{-0.35, -0.45, 0.0}, Shape::lognormal, 650, 1.35, 0, 0, 55, 12027, 1},
      {{-0.40, -0.75, 0.0}, Shape::bent, 1.33e6, 4.2e5, -0.12, 0, 2, 2243187, 1},
  };
  return recipe;
}

TabularRecipe cod_rna_like() {
  TabularRecipe recipe{
      "cod-rna-like", stand_in_title("cod-rna-like", "cod-rna"), "cod-rna", 59535, 271617, 4, {}, nullptr,
      1.0 / 3.0};
  // Factors: the class, length, composition of the first and of the second sequence. Only the free energy
  // knows the class, and only together with the length is it told well.
  recipe.columns = {
      {{-0.52, -0.66, 0.25, 0.25}, Shape::bent, -462, 189, -0.08, 0, -1868, 0, 1},
      {{0.0, 1.0}, Shape::bent, 96.6, 21.6, 0, -0.03, 67, 133, 1},
      {{0.0, 0.05, 0.75}, Shape::lognormal, 0.2167, 0.20, 0, 0, 0.105, 0.479, 0},
      {{0.0, -0.25, 0.75}, Shape::lognormal, 0.2208, 0.20, 0, 0, 0.107, 0.421, 0},
      {{0.0, 0.05, -0.95}, Shape::bent, 0.2633, 0.041, -0.15, 0, 0.083, 0.362, 0},
      {{0.0, -0.05, 0.0, 0.70}, Shape::lognormal, 0.2167, 0.19, 0, 0, 0.105, 0.479, 0},
      {{0.0, -0.25, 0.0, 0.80}, Shape::lognormal, 0.2208, 0.18, 0, 0, 0.107, 0.421, 0},
      {{0.0, 0.10, 0.0, -0.95}, Shape::bent, 0.2651, 0.038, -0.13, 0, 0.083, 0.362, 0},
  };
  return recipe;
}

TabularRecipe year_like() {
  TabularRecipe recipe{"year-like",
                       stand_in_title("year-like", "YearPredictionMSD"),
                       "year-prediction",
                       463715,
                       51630,
                       8,
                       {},
                       release_year,
                       0.5};
  constexpr std::size_t kColumns = 90, kAverages = 12;
  const DrawAddress structure{1, Stream::generate_structure, 0};
  const auto between = [&](std::size_t column, std::uint32_t what, double low, double high) {
    return low + (high - low) * draw_unit_double(structure, column, what);
  };
  for (std::size_t c = 0; c < kColumns; ++c) {
    TabularColumn column;
    // Random directions, two thirds of the variance shared: neighbours correlate up to about 0.6 either way.
    double norm = 0.0;
    for (std::uint32_t k = 0; k < recipe.factors; ++k) {
      column.loadings.push_back(between(c, k, -1.0, 1.0));
      norm += column.loadings[k] * column.loadings[k];
    }
    const double length = std::sqrt(between(c, 8, 0.4, 0.8) / norm);
    for (double& loading : column.loadings) loading *= length;
    // The first columns are averages, mildly skewed; the others are (co)variances with heavy tails.
    const bool average = c < kAverages;
    column.spread = portable_exp(average ? between(c, 9, 1.5, 4.0) : between(c, 9, 3.5, 7.0));
    column.centre = column.spread * between(c, 10, -1.0, 1.5);
    column.bend = average ? between(c, 11, -0.2, 0.2) : between(c, 11, -0.1, 0.5);
    column.cubic = average ? 0.02 : between(c, 12, 0.08, 0.25);
    recipe.columns.push_back(std::move(column));
  }
  return recipe;
}

DatasetEntries tabular_kinds() {
  return {
      tabular_entry<year_like>("generated stand-in for YearPredictionMSD: 90 skewed, heavy-tailed features "
                               "correlated through 8 factors; labels are years, skewed to the recent"),
      tabular_entry<cadata_like>("generated stand-in for cadata: skewed, correlated census-like features"),
      tabular_entry<cpusmall_like>("generated stand-in for cpusmall: heavy-tailed counters of a computer"),
      tabular_entry<cod_rna_like>("generated stand-in for cod-rna: one third positive, told by free energy "
                                  "and length together")};
}

}  // namespace zipml
