#include "experiments/run/reconstruct_run.h"

#include <numeric>

#include "engine/tomography/filtered_back_projection.h"

namespace zipml {

void reconstruct_run(const Scan& scan, const Regularizer& regularizer, const TrainingSpec& spec, int threads,
                     const EpochCallback& on_epoch, ResultFile& result) {
  Reconstruction made = reconstruct(scan, regularizer, spec, threads, on_epoch);
  result.status = made.trace.status;
  result.trace = std::move(made.trace.rows);
  result.epoch_seconds = std::move(made.trace.epoch_seconds);
  result.total_seconds = std::accumulate(result.epoch_seconds.begin(), result.epoch_seconds.end(), 0.0);

  const ScanGeometry& geometry = scan.geometry();
  const std::size_t middle = geometry.middle();
  const auto truth = scan.truth().subspan(middle * geometry.pixels(), geometry.pixels());
  const auto slice =
      std::span<const float>(made.volume).subspan(middle * geometry.pixels(), geometry.pixels());
  result.x.assign(slice.begin(), slice.end());
  ReconstructedImage image;
  image.size = geometry.size;
  image.slices = geometry.slices;
  image.shown_slice = middle;
  image.truth.assign(truth.begin(), truth.end());
  image.back_projection = filtered_back_projection(geometry, scan.slice_sinogram(middle));
  image.back_projection_quality = image_quality(image.back_projection, truth, geometry.size, 1);
  image.quality = std::move(made.quality);
  image.label_bytes = std::move(made.label_bytes);
  result.image = std::move(image);
}

}  // namespace zipml
