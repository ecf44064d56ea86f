#pragma once

#include <span>
#include <vector>

#include "engine/data/tomography_scan.h"
#include "engine/model/regularizer.h"
#include "engine/solve/training.h"
#include "engine/tomography/image_quality.h"
#include "engine/tomography/projector.h"

namespace zipml {

/// What there is to reconstruct. Memory: 8 bytes a weight of the projector (at most 2 size weights a ray), 4
/// a line integral (padded to 16 slices), 4 a voxel of the truth.
class Scan {
 public:
  /// measured: the line integrals as the data set `tomography` of these parameters has them.
  Scan(const Parameters& parameters, std::span<const float> measured);

  const ScanGeometry& geometry() const { return geometry_; }
  const Projector& projector() const { return projector_; }
  const Matrix& sinogram() const { return sinogram_; }     ///< rays x slices
  std::span<const float> truth() const { return truth_; }  ///< slices x pixels
  std::vector<float> slice_sinogram(std::size_t slice) const;

 private:
  ScanGeometry geometry_;
  Projector projector_;
  Matrix sinogram_;
  std::vector<float> truth_;
};

/// A reconstructed volume and how it came about.
struct Reconstruction {
  Trace trace;  ///< train_loss: mean of 1/2 (a'x - b)^2 over rays and slices, plus the regularizer's value
  /// Of every row of the trace; where that diverged, rmse and psnr are infinitely bad and ssim is -1.
  std::vector<ImageQuality> quality;
  std::vector<std::uint64_t> label_bytes;  ///< sinogram bytes read up to every row of the trace
  std::vector<float> volume;               ///< slices x pixels
};

/// Least squares by proximal SGD over rays, slice by slice from 0: the update of equation 13 with one row of
/// the projector as the sample and one line integral as the label; with mini-batches of one ray, randomized
/// Kaczmarz up to the rows' norms (Strohmer and Vershynin, 2009). Every slice sees the same order of rays and
/// the same quantized weights; its model and gradient have draws of their own. spec.engine is not looked at:
/// slices are shared by the threads, and the result does not depend on their number. Memory beyond the scan:
/// the packed rows, the sinogram as read, the volume.
Reconstruction reconstruct(const Scan& scan, const Regularizer& regularizer, const TrainingSpec& spec,
                           int threads, const EpochCallback& on_epoch = {});

/// As tune_alpha(), for reconstruct().
std::optional<Tuning> tune_reconstruction(const Scan& scan, const Regularizer& regularizer,
                                          const TrainingSpec& spec, int threads,
                                          const std::function<bool()>& stop = {});

}  // namespace zipml
