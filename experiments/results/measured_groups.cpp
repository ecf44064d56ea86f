#include "experiments/results/measured_groups.h"

#include "engine/core/error.h"

namespace zipml {
namespace {

struct ErrorColumn {
  const char* name;
  double GradientError::*member;
};
constexpr ErrorColumn kErrorColumns[] = {
    {"mean_squared", &GradientError::mean_squared}, {"standard_error", &GradientError::standard_error},
    {"bias_squared", &GradientError::bias_squared}, {"sampling_variance", &GradientError::sampling_variance},
    {"lemma_bound", &GradientError::lemma_bound},   {"residual_bound", &GradientError::residual_bound},
};

std::string below(const char* group, const char* name) { return std::string(group) + "/" + name; }

}  // namespace

void write_group(Hdf5Writer& file, const MeasuredGradients& measured) {
  file.group(kGradientErrorGroup);
  file.texts(below(kGradientErrorGroup, "model"), measured.models);
  for (const ErrorColumn& column : kErrorColumns) {
    std::vector<double> values;
    for (const GradientError& error : measured.errors) values.push_back(error.*column.member);
    file.array(below(kGradientErrorGroup, column.name), values);
  }
}

MeasuredGradients read_gradient_error(const Hdf5Reader& file) {
  MeasuredGradients measured;
  measured.models = file.texts(below(kGradientErrorGroup, "model"));
  measured.errors.resize(measured.models.size());
  for (const ErrorColumn& column : kErrorColumns) {
    const auto values = file.read<double>(below(kGradientErrorGroup, column.name));
    if (values.size() != measured.errors.size()) {
      throw InputError(file.path().string() + ": the columns of /gradient_error differ in length");
    }
    for (std::size_t i = 0; i < values.size(); ++i) measured.errors[i].*column.member = values[i];
  }
  return measured;
}

void write_group(Hdf5Writer& file, const MeasuredLevels& measured) {
  file.group(kHistogramGroup);
  file.array(below(kHistogramGroup, "edges"), measured.histogram.edges);
  file.array(below(kHistogramGroup, "counts"), measured.histogram.counts);
  file.array(below(kHistogramGroup, "levels"), measured.histogram.levels);
  file.attribute(kHistogramGroup, "column", measured.column);
  file.attribute(kHistogramGroup, "mean_variance", measured.histogram.mean_variance);
}

MeasuredLevels read_histogram(const Hdf5Reader& file) {
  MeasuredLevels measured;
  measured.histogram.edges = file.read<double>(below(kHistogramGroup, "edges"));
  measured.histogram.counts = file.read<std::uint64_t>(below(kHistogramGroup, "counts"));
  measured.histogram.levels = file.read<float>(below(kHistogramGroup, "levels"));
  if (measured.histogram.edges.size() != measured.histogram.counts.size() + 1) {
    throw InputError(file.path().string() + ": /histogram needs one edge more than counts");
  }
  measured.column = file.attribute_unsigned(kHistogramGroup, "column");
  measured.histogram.mean_variance = file.attribute_number(kHistogramGroup, "mean_variance");
  return measured;
}

}  // namespace zipml
