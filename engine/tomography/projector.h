#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/data/tomography_scan.h"

namespace zipml {

/// The system matrix A of one slice, rays x pixels, each row a ray: its weights packed to the left, then
/// zeros, and the pixels they belong to. The same for every slice.
///
/// Joseph's method ("An improved algorithm for reprojecting rays through pixel images", IEEE Trans. Med.
/// Imaging 1, 1982): the ray steps along the axis that it is closer to, one pixel at a time, and interpolates
/// linearly between the two pixels across. A row has at most 2 size weights, in half widths of the field.
class Projector {
 public:
  explicit Projector(const ScanGeometry& scan);

  std::size_t rays() const { return weights_.rows(); }
  std::size_t pixels() const { return pixels_; }
  const Matrix& weights() const { return weights_; }  ///< rays x (largest number of weights of a ray)

  /// Pixels of the weights of ray r; as many as it has weights.
  std::span<const std::uint32_t> row_pixels(std::size_t r) const {
    return {index_.data() + r * weights_.cols(), counts_[r]};
  }

  /// A x, in float64. x: pixels() values; result: rays().
  std::vector<double> project(std::span<const float> x) const;

  /// A' y, in float64. y: rays() values; result: pixels().
  std::vector<double> back_project(std::span<const double> y) const;

 private:
  std::size_t pixels_;
  Matrix weights_;
  std::vector<std::uint32_t> index_, counts_;
};

}  // namespace zipml
