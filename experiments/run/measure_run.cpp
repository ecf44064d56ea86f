#include "experiments/run/measure_run.h"

#include <algorithm>
#include <stdexcept>

#include "engine/core/error.h"
#include "engine/gradient/gradient_error.h"
#include "engine/gradient/quantizer_parameters.h"
#include "engine/model/loss.h"
#include "engine/solve/training.h"
#include "experiments/config/measurements.h"
#include "experiments/run/hardware_run.h"

namespace zipml {
namespace {

bool measure_gradients(const RunSpec& spec, const PreparedData& data, int threads, const StopCheck& stop,
                       ResultFile& result) {
  const Split& train = data.data.train;
  const std::vector<double> minimum = exact_least_squares_solution(data, threads);
  if (minimum.empty()) {
    throw InputError("\"" + std::string(kGradientError) + "\" needs the exact minimum, found " +
                     std::to_string(train.features.cols()) + " columns; allowed: at most " +
                     std::to_string(kMaxExactColumns));
  }
  std::vector<AlignedVector<float>> models(2, AlignedVector<float>(train.features.stride(), 0.0f));
  std::transform(minimum.begin(), minimum.end(), models[1].begin(),
                 [](double weight) { return static_cast<float>(weight); });
  const auto loss = losses()[spec.model.kind](spec.model.parameters);
  MeasuredGradients measured{{"zero", "optimum"}, {}};
  measured.errors =
      measure_gradient_error({train.features, train.labels, *loss, spec.seed, threads}, spec.training.samples,
                             models, static_cast<int>(spec.measurement.parameters.integer("draws")), stop);
  if (measured.errors.empty()) return false;
  result.gradients = std::move(measured);
  return true;
}

void measure_levels(const RunSpec& spec, const PreparedData& data, ResultFile& result) {
  const Matrix& features = data.data.train.features;
  const auto column = static_cast<std::size_t>(spec.measurement.parameters.integer("column"));
  if (column > features.cols()) {
    throw InputError("/measure/column: found " + std::to_string(column) + "; allowed: an integer in [1, " +
                     std::to_string(features.cols()) + "], the columns of this data set");
  }
  std::vector<float> values(features.rows());
  for (std::size_t r = 0; r < values.size(); ++r) values[r] = features(r, column - 1);
  const Parameters& samples = spec.training.samples.parameters;
  result.levels_of_column =
      MeasuredLevels{column, level_histogram(values, *requested_strategy(samples), requested_levels(samples),
                                             static_cast<int>(spec.measurement.parameters.integer("bins")))};
}

}  // namespace

bool measure_run(const RunSpec& spec, const PreparedData& data, int threads, const StopCheck& stop,
                 ResultFile& result) {
  if (spec.measurement.kind == kGradientError) return measure_gradients(spec, data, threads, stop, result);
  if (spec.measurement.kind == kHardwareTraining) return train_on_hardware(spec, data, stop, result);
  if (spec.measurement.kind != kLevelHistogram) {
    throw std::logic_error("unknown measurement " + spec.measurement.kind);
  }
  measure_levels(spec, data, result);
  return !stop();
}

}  // namespace zipml
