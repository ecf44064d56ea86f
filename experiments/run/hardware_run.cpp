#include "experiments/run/hardware_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/random.h"
#include "fpga_model/functional.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Thrown out of the engine's epoch callback.
struct Stopped {};

struct ScaledRows {
  std::int64_t rows = 0, features = 0;
  std::vector<float> values;  // rows x features, in [0, 1]
  std::vector<float> labels;  // in [-1, 1]
};

ScaledRows scale_rows(const Split& train) {
  const Matrix& features = train.features;
  ScaledRows scaled{
      static_cast<std::int64_t>(features.rows()), static_cast<std::int64_t>(features.cols()), {}, {}};
  scaled.values.resize(features.rows() * features.cols());
  for (std::size_t c = 0; c < features.cols(); ++c) {
    float low = features(0, c), high = low;
    for (std::size_t r = 1; r < features.rows(); ++r) {
      low = std::min(low, features(r, c));
      high = std::max(high, features(r, c));
    }
    for (std::size_t r = 0; r < features.rows(); ++r) {
      scaled.values[r * features.cols() + c] = high > low ? (features(r, c) - low) / (high - low) : 1.0f;
    }
  }
  float most = 0.0f;
  for (const float label : train.labels) most = std::max(most, std::abs(label));
  for (const float label : train.labels) scaled.labels.push_back(most > 0.0f ? label / most : 0.0f);
  return scaled;
}

// Two draws a value for HARP; PYNQ rounds to the nearest code.
fpga::HardwareSamples quantize(const ScaledRows& scaled, std::int64_t bits, bool two_draws,
                               std::uint64_t seed, std::uint32_t copy) {
  fpga::HardwareSamples samples;
  samples.rows = scaled.rows;
  samples.features = scaled.features;
  samples.labels = scaled.labels;
  if (bits == 32) {
    samples.values = scaled.values;
    return samples;
  }
  const auto intervals = static_cast<float>(std::int64_t{1} << (bits - 1));
  const DrawAddress address{seed, Stream::sample_rounding, copy};
  for (std::size_t i = 0; i < scaled.values.size(); ++i) {
    const float position = scaled.values[i] * intervals;
    const float low = std::min(std::floor(position), intervals - 1.0f);
    const auto draw = [&](std::uint32_t number) {
      const bool up = draw_unit_float(address, i, number) < position - low;
      return static_cast<std::uint16_t>(static_cast<int>(low) + (up ? 1 : 0));
    };
    if (two_draws) {
      samples.first.push_back(draw(0));
      samples.second.push_back(draw(1));
    } else {
      samples.first.push_back(static_cast<std::uint16_t>(std::lround(position)));
    }
  }
  return samples;
}

double mean_loss(const ScaledRows& scaled, const std::vector<double>& x) {
  double total = 0.0;
  const auto features = static_cast<std::size_t>(scaled.features);
  for (std::size_t r = 0; r < scaled.labels.size(); ++r) {
    double residual = -static_cast<double>(scaled.labels[r]);
    for (std::size_t c = 0; c < features; ++c) {
      residual += static_cast<double>(scaled.values[r * features + c]) * x[c];
    }
    total += residual * residual;
  }
  return total / (2.0 * static_cast<double>(scaled.rows));
}

// The engines' algorithm in doubles and without quantization: every row updates a copy, and the dot product
// sees the copy at the end of each batch.
template <class OnEpoch>
void train_in_doubles(const ScaledRows& scaled, const fpga::HardwareSettings& settings,
                      const OnEpoch& on_epoch) {
  const auto features = static_cast<std::size_t>(scaled.features);
  std::vector<double> x(features), copy(features);
  const std::int64_t mask = settings.batch - 1;
  for (std::int64_t epoch = 0; epoch < settings.epochs; ++epoch) {
    for (std::int64_t row = 0; row < scaled.rows; ++row) {
      const float* values = scaled.values.data() + static_cast<std::size_t>(row) * features;
      double residual = -static_cast<double>(scaled.labels[static_cast<std::size_t>(row)]);
      for (std::size_t c = 0; c < features; ++c) residual += static_cast<double>(values[c]) * x[c];
      const double step = residual * static_cast<double>(settings.step);
      for (std::size_t c = 0; c < features; ++c) copy[c] -= step * static_cast<double>(values[c]);
      if ((row & mask) == mask || row == scaled.rows - 1) x = copy;
    }
    on_epoch(x);
  }
}

}  // namespace

bool train_on_hardware(const RunSpec& spec, const PreparedData& data, const StopCheck& stop,
                       ResultFile& result) {
  const Parameters& wanted = spec.measurement.parameters;
  const fpga::Design& design = *fpga::find_design(wanted.text("design"));
  const std::string& arithmetic = wanted.text("arithmetic");
  const ScaledRows scaled = scale_rows(data.data.train);
  fpga::HardwareSettings settings;
  settings.shift = static_cast<int>(wanted.integer("shift"));
  settings.step = std::ldexp(1.0f, -settings.shift);
  settings.batch = wanted.integer("batch");
  settings.epochs = wanted.integer("epochs");
  settings.stale = arithmetic == "hardware";
  result.alpha = static_cast<double>(settings.step);

  const bool doubles = arithmetic == "float64";
  const auto row_bytes = doubles ? scaled.features * std::int64_t{8}
                                 : design.bytes_per_row({scaled.features, scaled.rows, 1, 1}, {});
  const auto add_row = [&](const std::vector<double>& x) {
    const auto epoch = static_cast<std::uint32_t>(result.trace.size());
    const auto passes = static_cast<std::uint64_t>(epoch) * static_cast<std::uint64_t>(scaled.rows);
    TraceRow row;
    row.epoch = epoch;
    row.iteration = static_cast<std::uint64_t>((scaled.rows + settings.batch - 1) / settings.batch) *
                    std::uint64_t{epoch};
    row.train_loss = mean_loss(scaled, x);
    row.test_loss = row.test_accuracy = kNan;
    row.bytes_read = passes * static_cast<std::uint64_t>(row_bytes);
    row.values_read = passes * static_cast<std::uint64_t>(scaled.features);
    result.trace.push_back(row);
    result.x.assign(x.begin(), x.end());
    if (!std::isfinite(row.train_loss)) result.status = RunStatus::diverged;
    if (stop()) throw Stopped();
  };
  try {
    add_row(std::vector<double>(static_cast<std::size_t>(scaled.features)));
    if (doubles) {
      train_in_doubles(scaled, settings, add_row);
      return true;
    }
    const std::int64_t bits = design.bits({});
    const bool two_draws = design.arithmetic(scaled.features)->shifts_step;
    fpga::SampleCopies copies;
    const std::int64_t count = bits == 32 ? 1 : wanted.integer("copies");
    for (std::int64_t copy = 0; copy < count; ++copy) {
      copies.push_back(quantize(scaled, bits, two_draws, spec.seed, static_cast<std::uint32_t>(copy)));
    }
    fpga::run_functional(design, copies, design.default_platform(), settings,
                         [&](const std::vector<float>& model) {
                           add_row({model.begin(), model.end()});
                         });
  } catch (const Stopped&) {
    return false;
  }
  return true;
}

}  // namespace zipml
