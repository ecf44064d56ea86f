#pragma once

#include <span>
#include <vector>

#include "engine/data/tomography_scan.h"

namespace zipml {

/// One slice by filtered back-projection, size x size pixels: the ramp filter of Ramachandran and
/// Lakshminarayanan in space and linear interpolation (Kak and Slaney 1988, equations 3.61 and 3.30). Knows
/// nothing of the projector: an independent reference. sinogram: rays() values of the slice.
std::vector<float> filtered_back_projection(const ScanGeometry& scan, std::span<const float> sinogram);

}  // namespace zipml
