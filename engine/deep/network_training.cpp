#include "engine/deep/network_training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "engine/core/random.h"
#include "engine/solve/epoch_plan.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kEvaluationBatch = 100, kFirstImages = 1000;
constexpr double kLateFactor = 0.1;
// Draws of one weight within an iteration.
constexpr std::uint32_t kTrainingDraw = 0, kTestDraw = 1;

class Run {
 public:
  Run(const PreparedData& data, const NetworkTrainingSpec& spec, NetworkGradient& gradient)
      : data_(data.data),
        spec_(spec),
        solver_(spec.solver.parameters),
        gradient_(gradient),
        layout_(parameter_layout(networks()[spec.network.kind](spec.network.parameters), data_.image)),
        channel_(weight_channels()[spec.weights.kind](spec.weights.parameters)),
        momentum_(layout_, {solver_.number("rate"), solver_.number("momentum"),
                            solver_.number("weight_decay"), solver_.number("bias_rate")}),
        master_(initial_parameters(layout_, spec.seed)),
        used_(master_.size()),
        derivative_(master_.size()),
        order_(data_.train.labels.size()) {
    if (order_.empty()) throw std::invalid_argument("a network needs training images");
  }

  std::uint64_t iterations() const { return early() + count("late_iterations"); }
  std::uint64_t display() const { return count("display"); }
  std::vector<float> take_parameters() { return std::move(master_); }

  /// Iteration t = 1, 2, ...; the loss of its mini-batch.
  double iterate(std::uint64_t t) {
    if (t == early() + 1) momentum_.set_rate(kLateFactor * solver_.number("rate"));
    // A step too far: the levels of such weights cannot be found.
    if (!std::all_of(master_.begin(), master_.end(), [](float w) { return std::isfinite(w); })) {
      return std::numeric_limits<double>::infinity();
    }
    gather_batch(t);
    quantize(t, kTrainingDraw);
    const double loss = gradient_.gradient(images_, labels_, used_, derivative_).loss;
    if (std::isfinite(loss)) momentum_.step(derivative_, master_);
    return loss;
  }

  TraceRow row(std::uint64_t t, double train_loss) {
    TraceRow row;
    const std::uint64_t images = t * batch();
    row.epoch = static_cast<std::uint32_t>(images / order_.size());
    row.iteration = t;
    row.train_loss = train_loss;
    row.values_read = images * data_.features();
    row.bytes_read = row.values_read * sizeof(float);
    for (const LayerParameters& layer : layout_) {
      row.model_bytes += t * (channel_->bytes(layer.weights) + layer.biases * sizeof(float));
    }
    row.gradient_bytes = t * master_.size() * sizeof(float);
    row.test_loss = row.test_accuracy = kNan;
    if (!std::isfinite(train_loss)) {
      // Which kind of not finite may differ between machines.
      row.train_loss = std::numeric_limits<double>::infinity();
    } else if (!data_.test.labels.empty() && (t % count("test_every") == 0 || t == iterations())) {
      quantize(t, kTestDraw);
      const auto [loss, accuracy] = evaluate(data_.test, data_.test.labels.size());
      row.test_loss = loss;
      row.test_accuracy = accuracy;
    }
    return row;
  }

  double first_loss() {
    quantize(0, kTrainingDraw);
    return evaluate(data_.train, std::min(kFirstImages, order_.size())).first;
  }

 private:
  std::uint64_t count(const char* key) const { return static_cast<std::uint64_t>(solver_.integer(key)); }
  std::uint64_t early() const { return count("iterations"); }
  std::size_t batch() const { return std::min(static_cast<std::size_t>(count("batch")), order_.size()); }

  void quantize(std::uint64_t t, std::uint32_t draw) {
    const DrawAddress address{spec_.seed, Stream::weight_rounding, static_cast<std::uint32_t>(t)};
    quantize_weights(*channel_, layout_, master_, address, draw, used_);
  }

  void add_image(const Split& split, std::size_t row) {
    const auto pixels = split.features.row(row);
    images_.insert(images_.end(), pixels.begin(), pixels.end());
    labels_.push_back(static_cast<std::int64_t>(split.labels[row]));
  }

  // Images follow each other through one permutation after another; a batch may reach over the end of one.
  void gather_batch(std::uint64_t t) {
    images_.clear();
    labels_.clear();
    for (std::uint64_t i = (t - 1) * batch(); i < t * batch(); ++i) {
      const std::uint64_t epoch = i / order_.size() + 1, place = i % order_.size();
      if (place == 0 || ordered_epoch_ != epoch) {
        order_rows("permutation", spec_.seed, static_cast<std::uint32_t>(epoch), order_);
        ordered_epoch_ = epoch;
      }
      add_image(data_.train, order_[place]);
    }
  }

  // Mean loss and share of right answers over the first rows of a split, at the weights in used_.
  std::pair<double, double> evaluate(const Split& split, std::size_t rows) {
    double loss = 0.0;
    std::size_t correct = 0;
    for (std::size_t first = 0; first < rows; first += kEvaluationBatch) {
      const std::size_t size = std::min(kEvaluationBatch, rows - first);
      images_.clear();
      labels_.clear();
      for (std::size_t r = first; r < first + size; ++r) add_image(split, r);
      const BatchOutcome outcome = gradient_.evaluate(images_, labels_, used_);
      loss += outcome.loss * static_cast<double>(size);
      correct += outcome.correct;
    }
    return {loss / static_cast<double>(rows), static_cast<double>(correct) / static_cast<double>(rows)};
  }

  const Dataset& data_;
  const NetworkTrainingSpec& spec_;
  const Parameters& solver_;
  NetworkGradient& gradient_;
  std::vector<LayerParameters> layout_;
  std::unique_ptr<WeightChannel> channel_;
  MomentumSolver momentum_;
  std::vector<float> master_, used_, derivative_;
  std::vector<std::uint32_t> order_;
  std::uint64_t ordered_epoch_ = 0;
  std::vector<float> images_;
  std::vector<std::int64_t> labels_;
};

ParameterInfo whole(const char* key, const char* doc, std::int64_t fallback, double min) {
  return {
      .key = key, .type = ParameterType::integer, .doc = doc, .fallback = fallback, .min = min, .max = 1e8};
}

ParameterInfo share(const char* key, const char* doc, double fallback, double max) {
  return {.key = key, .type = ParameterType::number, .doc = doc, .fallback = fallback, .min = 0, .max = max};
}

}  // namespace

void MomentumSolver::step(std::span<const float> gradient, std::span<float> master) {
  const auto momentum = static_cast<float>(rates_.momentum), decay = static_cast<float>(rates_.weight_decay);
  const auto update = [&](std::size_t begin, std::size_t end, float rate) {
    for (std::size_t i = begin; i < end; ++i) {
      velocity_[i] = momentum * velocity_[i] + rate * (gradient[i] + decay * master[i]);
      master[i] -= velocity_[i];
    }
  };
  for (const LayerParameters& layer : layout_) {
    update(layer.first_weight, layer.first_bias, static_cast<float>(rates_.rate));
    update(layer.first_bias, layer.first_bias + layer.biases,
           static_cast<float>(rates_.rate * rates_.bias_rate));
  }
}

void quantize_weights(const WeightChannel& channel, const std::vector<LayerParameters>& layout,
                      std::span<const float> parameters, const DrawAddress& address, std::uint32_t draw,
                      std::span<float> out) {
  std::uint64_t element = 0;
  for (const LayerParameters& layer : layout) {
    channel.quantize(parameters.subspan(layer.first_weight, layer.weights), address, element, draw,
                     out.subspan(layer.first_weight, layer.weights));
    const auto biases = parameters.subspan(layer.first_bias, layer.biases);
    std::copy(biases.begin(), biases.end(), out.begin() + static_cast<std::ptrdiff_t>(layer.first_bias));
    element += (layer.weights + 3) / 4 * 4;
  }
}

TrainingResult train_network(const PreparedData& data, const NetworkTrainingSpec& spec,
                             NetworkGradient& gradient, const EpochCallback& on_row) {
  Run run(data, spec, gradient);
  TrainingResult result;
  Trace& trace = result.trace;
  trace.rows.push_back(run.row(0, run.first_loss()));
  double sum = 0.0;
  std::uint64_t since = 0;
  auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t t = 1; t <= run.iterations(); ++t) {
    const double loss = run.iterate(t);
    sum += loss;
    ++since;
    if (std::isfinite(loss) && t % run.display() != 0 && t != run.iterations()) continue;
    trace.epoch_seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    trace.rows.push_back(run.row(t, sum / static_cast<double>(since)));
    if (!std::isfinite(loss)) trace.status = RunStatus::diverged;
    if ((on_row && !on_row(trace.rows.back())) || trace.status == RunStatus::diverged) break;
    sum = 0.0;
    since = 0;
    begin = std::chrono::steady_clock::now();
  }
  result.x = run.take_parameters();
  return result;
}

const ComponentFamily& network_solvers() {
  static const ComponentFamily family{
      "network_solvers",
      "how a network is trained",
      {{"momentum_sgd",
        "stochastic gradient descent with momentum, as Caffe does it; the gradient at the quantized weights "
        "moves "
        "full-precision ones",
        {whole("iterations", "mini-batches at the full rate", 4000, 1),
         whole("late_iterations", "further mini-batches at a tenth of the rate", 0, 0),
         whole("batch", "images a mini-batch", 100, 1),
         {.key = "rate",
          .type = ParameterType::number,
          .doc = "learning rate of the weights",
          .fallback = 0.001,
          .min = 0,
          .max = 1e3,
          .above_min = true},
         share("bias_rate", "learning rate of the biases, times `rate`", 2.0, 1e3),
         share("momentum", "share of the last step that is taken again", 0.9, 1.0),
         share("weight_decay", "weight of |w|^2 / 2, biases included", 0.004, 1e3),
         whole("display", "iterations from one row of the trace to the next", 100, 1),
         whole("test_every", "iterations between tests; a multiple of `display`", 500, 1)}}}};
  return family;
}

}  // namespace zipml
