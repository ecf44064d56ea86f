#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/core/random.h"
#include "engine/data/dataset_kinds.h"
#include "engine/data/normals.h"

namespace zipml {
namespace {

constexpr std::size_t kBlockRows = 256;

struct SyntheticProblem {
  std::uint64_t seed;
  double noise;
  std::vector<double> x;  ///< the true model
};

/// Rows [first, first + rows) of a split, first a multiple of kBlockRows. The two splits differ in the
/// `epoch` word of their addresses, so that the length of one does not move the other.
Split synthetic_rows(const SyntheticProblem& problem, std::uint32_t which, std::size_t first,
                     std::size_t rows) {
  const std::size_t features = problem.x.size(), padded = round_up(features, 4);
  Split split{Matrix(rows, features), std::vector<float>(rows)};
  const DrawAddress values{problem.seed, Stream::generate_features, which};
  const DrawAddress noises{problem.seed, Stream::generate_labels, which};
  parallel_blocks((rows + kBlockRows - 1) / kBlockRows, available_threads(), [&](std::size_t block) {
    std::vector<double> normals(features);
    for (std::size_t r = block * kBlockRows; r < std::min(rows, (block + 1) * kBlockRows); ++r) {
      fill_normals(values, (first + r) * padded, 0, normals);
      const auto row = split.features.row(r);
      double label = problem.noise * draw_normal(noises, first + r, 0);
      for (std::size_t c = 0; c < features; ++c) {
        row[c] = static_cast<float>(normals[c]);
        label += static_cast<double>(row[c]) * problem.x[c];
      }
      split.labels[r] = static_cast<float>(label);
    }
  });
  return split;
}

/// Training rows that are made anew at every visit.
class SyntheticRows final : public RowSource {
 public:
  SyntheticRows(SyntheticProblem problem, std::size_t rows) : problem_(std::move(problem)), rows_(rows) {}

  std::size_t rows() const override { return rows_; }
  std::size_t cols() const override { return problem_.x.size(); }
  void visit(const Use& use) const override {
    visit_splits([&](std::size_t first, const Split& block) { use(first, block.features); });
  }
  std::vector<float> labels() const {
    std::vector<float> all;
    visit_splits([&](std::size_t, const Split& block) {
      all.insert(all.end(), block.labels.begin(), block.labels.end());
    });
    return all;
  }

 private:
  template <class UseSplit>
  void visit_splits(UseSplit use) const {
    const std::size_t step = block_rows(cols());
    for (std::size_t first = 0; first < rows_; first += step) {
      use(first, synthetic_rows(problem_, 0, first, std::min(step, rows_ - first)));
    }
  }

  SyntheticProblem problem_;
  std::size_t rows_;
};

Split synthetic_training(const SyntheticProblem& problem, std::size_t rows, bool keep) {
  if (keep) return synthetic_rows(problem, 0, 0, rows);
  const auto source = std::make_shared<const SyntheticRows>(problem, rows);
  return {Matrix(0, source->cols()), source->labels(), source};
}

Dataset make_synthetic(const Parameters& parameters, const DataContext&) {
  SyntheticProblem problem{
      static_cast<std::uint64_t>(parameters.integer("seed")), parameters.number("noise"), {}};
  const auto features = static_cast<std::size_t>(parameters.integer("features"));
  for (std::size_t c = 0; c < features; ++c) {
    problem.x.push_back(2.0 * draw_unit_double({problem.seed, Stream::generate_model, 0}, c, 0) - 1.0);
  }
  Dataset data;
  data.name = "synthetic-" + std::to_string(features);
  data.title = "Synthetic " + std::to_string(features);
  const bool keep = !keeps_packed_only({"synthetic", parameters});
  data.train = synthetic_training(problem, static_cast<std::size_t>(parameters.integer("train_rows")), keep);
  data.test = synthetic_rows(problem, 1, 0, static_cast<std::size_t>(parameters.integer("test_rows")));
  return data;
}

}  // namespace

ParameterInfo seed_parameter() {
  return {.key = "seed",
          .type = ParameterType::integer,
          .doc = "seed of the generator; has nothing to do with the seeds of runs",
          .fallback = std::int64_t{1},
          .min = 0};
}

DatasetEntries synthetic_kinds() {
  constexpr double kMostRows = 1e8;
  std::vector<ParameterInfo> parameters = {{.key = "features",
                                            .type = ParameterType::integer,
                                            .doc = "number of features",
                                            .fallback = std::int64_t{100},
                                            .min = 1,
                                            .max = 100000},
                                           {.key = "train_rows",
                                            .type = ParameterType::integer,
                                            .doc = "training rows",
                                            .fallback = std::int64_t{10000},
                                            .min = 1,
                                            .max = kMostRows},
                                           {.key = "test_rows",
                                            .type = ParameterType::integer,
                                            .doc = "test rows",
                                            .fallback = std::int64_t{10000},
                                            .min = 0,
                                            .max = kMostRows},
                                           {.key = "noise",
                                            .type = ParameterType::number,
                                            .doc = "standard deviation of the label noise",
                                            .fallback = 1.0,
                                            .min = 0.0,
                                            .max = 1e6},
                                           seed_parameter(),
                                           memory_parameter()};
  return {
      {{"synthetic", "regression, b = a'x* + noise: features standard normal, true model uniform on [-1, 1]",
        parameters},
       make_synthetic}};
}

}  // namespace zipml
