#pragma once

#include <cstddef>

#include "engine/core/component.h"
#include "engine/data/phantom.h"

namespace zipml {

/// A parallel-beam scan, slice by slice: `angles` directions evenly over half a turn, `size` detectors across
/// [-1, 1], `slices` heights evenly over [-1, 1] (one slice lies at 0).
struct ScanGeometry {
  std::size_t size = 0, angles = 0, slices = 0;

  std::size_t rays() const { return angles * size; }  ///< of one slice
  std::size_t pixels() const { return size * size; }  ///< of one slice
  Ray ray(std::size_t r) const;                       ///< r = angle * size + detector
  double height(std::size_t slice) const;
  std::size_t middle() const { return slices / 2; }  ///< the slice that figures show
};

/// Geometry of a checked choice of the data set kind `tomography`.
ScanGeometry scan_geometry(const Parameters& parameters);

/// Its phantom.
const Phantom& scan_phantom(const Parameters& parameters);

/// Name of the data set kind.
inline constexpr const char* kTomography = "tomography";

}  // namespace zipml
