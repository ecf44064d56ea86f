#include "engine/tomography/reconstruction.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "engine/core/parallel.h"
#include "engine/gradient/channel.h"
#include "engine/gradient/label_store.h"
#include "engine/kernels/kernels.h"
#include "engine/solve/epoch_plan.h"
#include "engine/tomography/ray_store.h"

namespace zipml {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Of an image that is not finite.
constexpr ImageQuality kWorst{kInfinity, -kInfinity, -1.0};

// Buffers of one slice's updates.
struct SliceScratch {
  EstimatorScratch estimator;
  AlignedVector<float> read, sum, sent;
  std::vector<float> labels;
};

class Run {
 public:
  Run(const Scan& scan, const Regularizer& regularizer, const TrainingSpec& spec, int threads)
      : scan_(scan),
        regularizer_(regularizer),
        spec_(spec),
        threads_(threads),
        rays_(make_ray_store(spec.samples, scan.projector(), spec.seed, threads)),
        labels_(
            label_stores()[spec.labels.kind](spec.labels.parameters, scan.sinogram(), spec.seed, threads)),
        model_channel_(channels()[spec.model_channel.kind](spec.model_channel.parameters)),
        gradient_channel_(channels()[spec.gradient_channel.kind](spec.gradient_channel.parameters)),
        batch_(std::min(static_cast<std::size_t>(spec.solver.parameters.integer("batch")),
                        scan.geometry().rays())),
        order_(scan.geometry().rays()),
        volume_(scan.truth().size(), 0.0f) {}

  std::uint32_t epochs() const {
    return static_cast<std::uint32_t>(spec_.solver.parameters.integer("epochs"));
  }
  std::vector<float> take_volume() { return std::move(volume_); }

  // One epoch of updates of every slice; returns its seconds.
  double run_epoch(std::uint32_t epoch) {
    const auto start = std::chrono::steady_clock::now();
    const Parameters& solver = spec_.solver.parameters;
    rays_->begin_epoch(epoch);
    labels_->begin_epoch(epoch);
    order_rows(solver.text("order"), spec_.seed, epoch, order_);
    const auto gamma = static_cast<float>(step_size(solver.text("schedule"), spec_.alpha, epoch));
    parallel_blocks(slices(), threads_, [&](std::size_t slice) { update_slice(slice, epoch, gamma); });
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  double objective() const {
    std::vector<double> losses(slices());
    parallel_blocks(slices(), threads_, [&](std::size_t slice) {
      const std::vector<double> projected = scan_.projector().project(slice_of(slice));
      double sum = 0.0;
      for (std::size_t r = 0; r < projected.size(); ++r) {
        const double residual = projected[r] - double{scan_.sinogram()(r, slice)};
        sum += 0.5 * residual * residual;
      }
      losses[slice] = sum;
    });
    const double mean = tree_sum(losses) / static_cast<double>(order_.size() * slices());
    const double loss = mean + regularizer_.value(volume_) / static_cast<double>(slices());
    return std::isfinite(loss) ? loss : kInfinity;
  }

  void add_row(std::uint32_t epoch, Reconstruction& result) const {
    const std::uint64_t rows = std::uint64_t{order_.size()} * epoch;
    const std::uint64_t batches = std::uint64_t{(order_.size() + batch_ - 1) / batch_} * epoch * slices();
    const std::size_t pixels = scan_.geometry().pixels();
    const auto read = [&](double bytes_per_row, std::uint64_t count) {
      return static_cast<std::uint64_t>(std::llround(bytes_per_row * static_cast<double>(count)));
    };
    TraceRow row;
    row.epoch = epoch;
    row.iteration = batches;
    row.train_loss = objective();
    row.test_loss = row.test_accuracy = kNan;
    row.bytes_read = read(rays_->bytes_per_row(), rows * slices());
    row.values_read = rows * slices() * scan_.projector().weights().cols();
    row.model_bytes = batches * model_channel_->bytes(pixels);
    row.gradient_bytes = batches * gradient_channel_->bytes(pixels);
    result.trace.rows.push_back(row);
    result.label_bytes.push_back(read(labels_->bytes_per_row(), rows));
    // Of what is not finite one kind only: which one it is may differ between machines.
    result.quality.push_back(std::isfinite(row.train_loss)
                                 ? image_quality(volume_, scan_.truth(), scan_.geometry().size, threads_)
                                 : kWorst);
  }

 private:
  std::size_t slices() const { return scan_.geometry().slices; }
  std::span<const float> slice_of(std::size_t slice) const {
    return std::span(volume_).subspan(slice * scan_.geometry().pixels(), scan_.geometry().pixels());
  }

  void update_slice(std::size_t slice, std::uint32_t epoch, float gamma) {
    static thread_local SliceScratch scratch;
    const std::size_t pixels = scan_.geometry().pixels();
    const auto x = std::span(volume_).subspan(slice * pixels, pixels);
    for (auto* buffer : {&scratch.read, &scratch.sum, &scratch.sent}) buffer->resize(pixels);
    const Matrix& labels = labels_->read();
    scratch.labels.resize(order_.size());
    for (std::size_t r = 0; r < order_.size(); ++r) scratch.labels[r] = labels(r, slice);
    const std::uint64_t batches = (order_.size() + batch_ - 1) / batch_;
    std::uint64_t index = slice * batches;
    for (std::size_t first = 0; first < order_.size(); first += batch_, ++index) {
      const auto rays =
          std::span<const std::uint32_t>(order_).subspan(first, std::min(batch_, order_.size() - first));
      model_channel_->transmit(x, scratch.read, {spec_.seed, Stream::model_rounding, epoch}, index);
      std::fill(scratch.sum.begin(), scratch.sum.end(), 0.0f);
      rays_->accumulate(scratch.read, scratch.labels, rays, scratch.sum, scratch.estimator);
      gradient_channel_->transmit(scratch.sum, scratch.sent, {spec_.seed, Stream::gradient_rounding, epoch},
                                  index);
      kernels::axpy(-gamma / static_cast<float>(rays.size()), scratch.sent.data(), x.data(), pixels);
      regularizer_.prox(x, gamma);
    }
  }

  const Scan& scan_;
  const Regularizer& regularizer_;
  const TrainingSpec& spec_;
  int threads_;
  std::unique_ptr<RayStore> rays_;
  std::unique_ptr<LabelStore> labels_;
  std::unique_ptr<Channel> model_channel_, gradient_channel_;
  std::size_t batch_;
  std::vector<std::uint32_t> order_;
  std::vector<float> volume_;
};

}  // namespace

Scan::Scan(const Parameters& parameters, std::span<const float> measured)
    : geometry_(scan_geometry(parameters)),
      projector_(geometry_),
      sinogram_(geometry_.rays(), geometry_.slices) {
  if (measured.size() != geometry_.slices * geometry_.rays()) {
    throw std::logic_error("the line integrals are not those of this scan");
  }
  const Phantom& phantom = scan_phantom(parameters);
  truth_.reserve(geometry_.slices * geometry_.pixels());
  for (std::size_t slice = 0; slice < geometry_.slices; ++slice) {
    for (std::size_t r = 0; r < geometry_.rays(); ++r)
      sinogram_(r, slice) = measured[slice * geometry_.rays() + r];
    const std::vector<float> image = draw_slice(phantom, geometry_.height(slice), geometry_.size);
    truth_.insert(truth_.end(), image.begin(), image.end());
  }
}

std::vector<float> Scan::slice_sinogram(std::size_t slice) const {
  std::vector<float> values(geometry_.rays());
  for (std::size_t r = 0; r < values.size(); ++r) values[r] = sinogram_(r, slice);
  return values;
}

Reconstruction reconstruct(const Scan& scan, const Regularizer& regularizer, const TrainingSpec& spec,
                           int threads, const EpochCallback& on_epoch) {
  Run run(scan, regularizer, spec, threads);
  Reconstruction result;
  run.add_row(0, result);
  for (std::uint32_t epoch = 1; epoch <= run.epochs(); ++epoch) {
    result.trace.epoch_seconds.push_back(run.run_epoch(epoch));
    run.add_row(epoch, result);
    const TraceRow& row = result.trace.rows.back();
    if (!std::isfinite(row.train_loss)) result.trace.status = RunStatus::diverged;
    if (on_epoch && !on_epoch(row)) break;
    if (result.trace.status == RunStatus::diverged) break;
  }
  result.volume = run.take_volume();
  return result;
}

std::optional<Tuning> tune_reconstruction(const Scan& scan, const Regularizer& regularizer,
                                          const TrainingSpec& spec, int threads,
                                          const std::function<bool()>& stop) {
  TrainingSpec full = spec;
  full.samples = choose(estimators().family(), "full");
  full.model_channel = full.gradient_channel = choose(channels().family(), "full");
  full.labels = choose(label_stores().family(), "full");
  return tune_over(spec.solver.parameters.numbers("tune_grid"), [&](double alpha) -> std::optional<double> {
    full.alpha = alpha;
    Run run(scan, regularizer, full, threads);
    for (std::uint32_t epoch = 1; epoch <= run.epochs(); ++epoch) {
      run.run_epoch(epoch);
      if (stop && stop()) return std::nullopt;
    }
    return run.objective();
  });
}

}  // namespace zipml
