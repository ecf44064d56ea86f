#include "engine/data/preprocess.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/parallel.h"

namespace zipml {
namespace {

constexpr std::size_t kBlockRows = 1024;

enum class Scaling { none, center, standardize, scale };

Scaling parse_scaling(const std::string& name) {
  if (name == "center") return Scaling::center;
  if (name == "standardize") return Scaling::standardize;
  return name == "scale" ? Scaling::scale : Scaling::none;
}

/// Smallest and largest value of every column.
struct ColumnRanges {
  std::vector<double> low, high;

  void add(std::size_t first, const Matrix& rows) {
    low.resize(rows.cols());
    high.resize(rows.cols());
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const auto row = rows.row(r);
      for (std::size_t c = 0; c < rows.cols(); ++c) {
        const double v = static_cast<double>(row[c]);
        low[c] = first + r == 0 ? v : std::min(low[c], v);
        high[c] = first + r == 0 ? v : std::max(high[c], v);
      }
    }
  }
};

/// Sum over the rows of value - centre, or of its square, per column: blocks of fixed size in row order, then
/// a fixed tree over the blocks, so neither the threads nor the source's blocks matter. `ranges`, where
/// given, are found in the same visit.
std::vector<double> column_sums(const RowSource& source, const std::vector<double>& centre, bool squared,
                                ColumnRanges* ranges = nullptr) {
  static_assert(RowSource::kGrain % kBlockRows == 0);
  const std::size_t blocks = (source.rows() + kBlockRows - 1) / kBlockRows, cols = source.cols();
  std::vector<double> parts(blocks * cols, 0.0);
  source.visit([&](std::size_t first, const Matrix& rows) {
    if (ranges != nullptr) ranges->add(first, rows);
    parallel_blocks((rows.rows() + kBlockRows - 1) / kBlockRows, available_threads(), [&](std::size_t block) {
      std::vector<double> sums(cols, 0.0);
      const std::size_t end = std::min(rows.rows(), (block + 1) * kBlockRows);
      for (std::size_t r = block * kBlockRows; r < end; ++r) {
        const auto row = rows.row(r);
        for (std::size_t c = 0; c < cols; ++c) {
          const double v = static_cast<double>(row[c]) - centre[c];
          sums[c] += squared ? v * v : v;
        }
      }
      for (std::size_t c = 0; c < cols; ++c) parts[c * blocks + first / kBlockRows + block] = sums[c];
    });
  });
  std::vector<double> result(cols);
  for (std::size_t c = 0; c < cols; ++c) {
    result[c] = tree_sum(std::span<const double>(parts).subspan(c * blocks, blocks));
  }
  return result;
}

AffineColumns fit(const RowSource& source, Scaling scaling) {
  const std::size_t cols = source.cols();
  AffineColumns map{std::vector<double>(cols, 0.0), std::vector<double>(cols, 1.0)};
  if (scaling == Scaling::none || source.rows() == 0) return map;
  const double rows = static_cast<double>(source.rows());
  if (scaling == Scaling::center || scaling == Scaling::standardize) {
    map.offset = column_sums(source, map.offset, false);
    for (double& mean : map.offset) mean /= rows;
  }
  if (scaling == Scaling::center) return map;
  ColumnRanges ranges;
  std::vector<double> deviation(cols);
  if (scaling == Scaling::standardize) {
    deviation = column_sums(source, map.offset, true, &ranges);
    for (double& value : deviation) value = std::sqrt(value / rows);
  } else {
    source.visit([&](std::size_t first, const Matrix& block) { ranges.add(first, block); });
    for (std::size_t c = 0; c < cols; ++c) {
      map.offset[c] = (ranges.low[c] + ranges.high[c]) / 2.0;
      deviation[c] = (ranges.high[c] - ranges.low[c]) / 2.0;
    }
  }
  for (std::size_t c = 0; c < cols; ++c) {
    // Told by the range: rounding can leave a constant column a tiny variance.
    const bool constant = ranges.low[c] == ranges.high[c] || !(deviation[c] > 0.0);
    if (constant) map.offset[c] = ranges.low[c];
    map.scale[c] = constant ? 1.0 : deviation[c];
  }
  return map;
}

Matrix apply(const Matrix& raw, const AffineColumns& map, bool intercept) {
  Matrix result(raw.rows(), raw.cols() + (intercept ? 1 : 0));
  parallel_blocks((raw.rows() + kBlockRows - 1) / kBlockRows, available_threads(), [&](std::size_t block) {
    for (std::size_t r = block * kBlockRows; r < std::min(raw.rows(), (block + 1) * kBlockRows); ++r) {
      const auto in = raw.row(r);
      const auto out = result.row(r);
      for (std::size_t c = 0; c < raw.cols(); ++c) {
        out[c] = static_cast<float>((static_cast<double>(in[c]) - map.offset[c]) / map.scale[c]);
      }
      if (intercept) out[raw.cols()] = 1.0f;
    }
  });
  return result;
}

/// Rows of a source, mapped whenever they are asked for.
class MappedRows final : public RowSource {
 public:
  MappedRows(std::shared_ptr<const RowSource> raw, AffineColumns map, bool intercept)
      : raw_(std::move(raw)), map_(std::move(map)), intercept_(intercept) {}

  std::size_t rows() const override { return raw_->rows(); }
  std::size_t cols() const override { return raw_->cols() + (intercept_ ? 1 : 0); }
  void visit(const Use& use) const override {
    raw_->visit([&](std::size_t first, const Matrix& block) { use(first, apply(block, map_, intercept_)); });
  }

 private:
  std::shared_ptr<const RowSource> raw_;
  AffineColumns map_;
  bool intercept_;
};

void scale_labels(PreparedData& prepared, Scaling scaling) {
  if (scaling == Scaling::none) return;
  if (prepared.data.task != Task::regression) {
    throw InputError("preprocess.labels: the labels of data set '" + prepared.data.name +
                     "' are classes, which cannot be scaled; allowed is none");
  }
  const std::vector<float>& train = prepared.data.train.labels;
  Matrix column(train.size(), 1);
  for (std::size_t r = 0; r < train.size(); ++r) column(r, 0) = train[r];
  const AffineColumns map = fit(MatrixRows(column), scaling);
  prepared.label_offset = map.offset[0];
  prepared.label_scale = map.scale[0];
  for (Split* split : {&prepared.data.train, &prepared.data.test}) {
    for (float& label : split->labels) {
      label = static_cast<float>((static_cast<double>(label) - prepared.label_offset) / prepared.label_scale);
    }
  }
}

}  // namespace

const ComponentInfo& preprocess_info() {
  static const ComponentInfo info{
      "preprocess",
      "what is done to features and labels before training; fitted on the training rows",
      {{.key = "features",
        .type = ParameterType::text,
        .doc = "standardize: mean 0, variance 1; center: mean 0; scale: to [-1, 1]; per column",
        .fallback = std::string("standardize"),
        .choices = {"none", "standardize", "scale", "center"}},
       {.key = "intercept",
        .type = ParameterType::boolean,
        .doc = "append a column of ones",
        .fallback = true},
       {.key = "labels",
        .type = ParameterType::text,
        .doc = "standardize: mean 0, variance 1; scale: to [-1, 1]; regression only",
        .fallback = std::string("none"),
        .choices = {"none", "standardize", "scale"}},
       {.key = "report",
        .type = ParameterType::text,
        .doc = "units of reported losses: those of the original or of the preprocessed labels",
        .fallback = std::string("original"),
        .choices = {"original", "preprocessed"}}}};
  return info;
}

PreparedData preprocess(Dataset raw, const Parameters& options) {
  PreparedData prepared;
  prepared.data = std::move(raw);
  scale_labels(prepared, parse_scaling(options.text("labels")));
  prepared.intercept = options.boolean("intercept");
  const Scaling scaling = parse_scaling(options.text("features"));
  const Split& train = prepared.data.train;
  prepared.features = train.source ? fit(*train.source, scaling) : fit(MatrixRows(train.features), scaling);
  for (Split* split : {&prepared.data.train, &prepared.data.test}) {
    split->features = apply(split->features, prepared.features, prepared.intercept);
    if (!split->source) continue;
    split->source =
        std::make_shared<const MappedRows>(std::move(split->source), prepared.features, prepared.intercept);
  }
  if (options.text("report") == "original") prepared.loss_unit = prepared.label_scale * prepared.label_scale;
  return prepared;
}

std::vector<double> model_in_original_units(const PreparedData& prepared, std::span<const float> x) {
  const std::size_t features = prepared.features.scale.size();
  std::vector<double> model(features + 1);
  double constant = prepared.intercept ? static_cast<double>(x[features]) : 0.0;
  for (std::size_t c = 0; c < features; ++c) {
    const double weight = static_cast<double>(x[c]) / prepared.features.scale[c];
    model[c] = prepared.label_scale * weight;
    constant -= weight * prepared.features.offset[c];
  }
  model[features] = prepared.label_scale * constant + prepared.label_offset;
  return model;
}

}  // namespace zipml
