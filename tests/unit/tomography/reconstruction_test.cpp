#include "engine/tomography/reconstruction.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/gradient/label_store.h"
#include "engine/tomography/ray_store.h"
#include "tests/unit/tomography/toy_scan.h"

namespace zipml {
namespace {

using testing::full_spec;
using testing::labels_at;
using testing::rows_at;
using testing::toy_scan;

std::unique_ptr<Regularizer> nonnegative() { return regularizers()["nonnegative"]({}); }

TrainingSpec end_to_end(int bits, int epochs) {
  TrainingSpec spec = full_spec(epochs, 16, 30.0);
  spec.samples = rows_at("double_sampling", bits);
  spec.labels = labels_at(bits);
  spec.model_channel = spec.gradient_channel =
      choose(channels().family(), "quantized", {{"bits", std::int64_t{bits}}});
  return spec;
}

TEST_CASE("consistent line integrals of a small image have that image as their solution", "[tomography]") {
  // Measured by the projector itself, with more rays than pixels: the exact solution is the truth.
  const Parameters parameters = testing::scan_parameters("shepp-logan", 12, 40);
  const std::vector<float> truth = draw_slice(scan_phantom(parameters), 0.0, 12);
  std::vector<float> measured;
  for (const double value : Projector(scan_geometry(parameters)).project(truth)) {
    measured.push_back(static_cast<float>(value));
  }
  const Scan scan(parameters, measured);
  const auto reg = nonnegative();
  const Reconstruction made = reconstruct(scan, *reg, full_spec(150, 4, 10.0), 1);
  CHECK(made.trace.rows.back().train_loss < 1e-9);
  CHECK(made.quality.back().rmse < 2e-3);
  CHECK(made.quality.front().rmse > 0.1);  // from 0
  for (const float value : made.volume) CHECK(value >= 0.0f);
}

TEST_CASE("exact line integrals give a good image, though the projector is not what measured them",
          "[tomography]") {
  const Scan scan = toy_scan("thorax", 32, 48);
  const auto reg = nonnegative();
  const Reconstruction made = reconstruct(scan, *reg, full_spec(15, 16, 200.0), 1);
  CHECK(made.quality.back().psnr > 25.0);
  CHECK(made.quality.back().ssim > 0.9);
  CHECK(made.trace.rows.back().train_loss < 1e-3 * made.trace.rows.front().train_loss);
}

TEST_CASE("results do not depend on the number of threads", "[tomography]") {
  const Scan scan = toy_scan("shepp-logan", 16, 12, 5);
  const auto reg = nonnegative();
  const TrainingSpec spec = end_to_end(5, 2);
  const Reconstruction one = reconstruct(scan, *reg, spec, 1);
  for (const int threads : {2, 3, 8}) {
    const Reconstruction other = reconstruct(scan, *reg, spec, threads);
    CHECK(other.volume == one.volume);
    CHECK(other.trace.rows.back().train_loss == one.trace.rows.back().train_loss);
    CHECK(other.quality.back().ssim == one.quality.back().ssim);
  }
  TrainingSpec another_seed = spec;
  another_seed.seed = 2;
  CHECK(reconstruct(scan, *reg, another_seed, 1).volume != one.volume);
}

TEST_CASE("every slice is reconstructed as if it were alone, but for its draws", "[tomography]") {
  const Scan volume = toy_scan("thorax", 16, 12, 3), middle = toy_scan("thorax", 16, 12, 1);
  const auto reg = nonnegative();
  const TrainingSpec spec = full_spec(3, 8, 20.0);
  const Reconstruction all = reconstruct(volume, *reg, spec, 2), one = reconstruct(middle, *reg, spec, 1);
  const auto slice = std::vector<float>(all.volume.begin() + 256, all.volume.begin() + 512);
  CHECK(slice == one.volume);  // the middle one of three lies at height 0 as well
}

TEST_CASE("bytes are counted from what is stored", "[tomography]") {
  const Scan scan = toy_scan("disc", 16, 8, 2);
  const auto reg = nonnegative();
  const std::uint64_t rays = 128, weights = scan.projector().weights().cols();
  const Reconstruction full = reconstruct(scan, *reg, full_spec(2, 16, 1.0), 1);
  CHECK(full.trace.rows[2].bytes_read == 2 * 2 * rays * weights * 4);
  CHECK(full.label_bytes[2] == 2 * 2 * rays * 4);
  CHECK(full.trace.rows[1].model_bytes == 2 * (rays / 16) * 256 * 4);

  TrainingSpec low = full_spec(2, 16, 1.0);
  low.labels = labels_at(12);
  CHECK(reconstruct(scan, *reg, low, 1).label_bytes[2] == 2 * 2 * rays * 12 / 8);
  low.samples = rows_at("double_sampling", 6);
  const Reconstruction both = reconstruct(scan, *reg, low, 1);
  const double bits = 8.0 * static_cast<double>(both.trace.rows[2].bytes_read) /
                      static_cast<double>(both.trace.rows[2].values_read);
  CHECK(bits >= 8.0);  // six, and a choice bit a draw
  CHECK(bits < 9.0);
}

TEST_CASE("a step far too large diverges and is called so", "[tomography]") {
  const Scan scan = toy_scan("disc", 16, 8);
  const auto none = regularizers()["none"]({});
  const Reconstruction made = reconstruct(scan, *none, full_spec(50, 4, 1e6), 1);
  CHECK(made.trace.status == RunStatus::diverged);
  CHECK(made.quality.back().psnr == -std::numeric_limits<double>::infinity());
  CHECK(made.quality.size() == made.trace.rows.size());
}

TEST_CASE("tuning takes the step of the least final loss", "[tomography]") {
  const Scan scan = toy_scan("disc", 16, 12);
  const auto reg = nonnegative();
  TrainingSpec spec = end_to_end(4, 3);  // tuned at full precision all the same
  spec.solver.parameters.set("tune_grid", std::vector<double>{200.0, 0.01, 20.0});
  const auto tuning = tune_reconstruction(scan, *reg, spec, 1);
  REQUIRE(tuning);
  CHECK(tuning->alphas == std::vector<double>{0.01, 20.0, 200.0});
  TrainingSpec best = full_spec(3, 16, tuning->best);
  double least = std::numeric_limits<double>::infinity();
  for (const double loss : tuning->final_losses) least = std::isnan(loss) ? least : std::min(least, loss);
  CHECK(reconstruct(scan, *reg, best, 1).trace.rows.back().train_loss == least);
  CHECK_FALSE(tune_reconstruction(scan, *reg, spec, 1, [] { return true; }));
}

TEST_CASE("labels of full precision are the labels, quantized ones keep their draws apart", "[tomography]") {
  Matrix labels(64, 1);
  for (std::size_t r = 0; r < 64; ++r) labels(r, 0) = static_cast<float>(r) / 100.0f;
  const auto full = label_stores()["full"]({}, labels, 1, 1);
  CHECK(&full->read() == &labels);
  const auto make = [&](const ComponentChoice& choice) {
    return label_stores()[choice.kind](choice.parameters, labels, 1, 1);
  };
  const auto column = [](const LabelStore& store) {
    std::vector<float> values;
    for (std::size_t r = 0; r < 64; ++r) values.push_back(store.read()(r, 0));
    return values;
  };
  const auto fresh = make(labels_at(3));
  fresh->begin_epoch(1);
  const std::vector<float> first = column(*fresh);
  fresh->begin_epoch(2);
  CHECK(column(*fresh) != first);
  fresh->begin_epoch(1);
  CHECK(column(*fresh) == first);
  CHECK(fresh->bytes_per_row() == 3.0 / 8.0);
  const auto nearest = make(labels_at(3, "nearest"));
  for (std::size_t r = 0; r < 64; ++r) {
    CHECK(std::fabs(nearest->read()(r, 0) - labels(r, 0)) <= 0.63f / 7.0f / 2.0f + 1e-6f);
  }
}

}  // namespace
}  // namespace zipml
