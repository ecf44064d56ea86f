#pragma once

#include <cstdint>
#include <vector>

#include "engine/data/hdf5_file.h"
#include "engine/tomography/image_quality.h"

namespace zipml {

/// What a result holds of a reconstruction beside its trace, as group /tomography. Of a volume one slice is
/// kept, and the quality of all of it.
struct ReconstructedImage {
  std::uint64_t size = 0;                  ///< pixels along a side
  std::uint64_t slices = 0;                ///< of the volume
  std::uint64_t shown_slice = 0;           ///< the one whose pixels are kept
  std::vector<float> truth;                ///< that slice of the phantom, size x size, row-major, y upwards
  std::vector<float> back_projection;      ///< that slice by filtered back-projection at full precision
  ImageQuality back_projection_quality;    ///< of that slice
  std::vector<ImageQuality> quality;       ///< of the volume, one entry a row of the trace
  std::vector<std::uint64_t> label_bytes;  ///< sinogram bytes read so far, one entry a row of the trace
};

void write_image(Hdf5Writer& file, const ReconstructedImage& image);

/// Throws InputError where members do not fit together.
ReconstructedImage read_image(const Hdf5Reader& file);

}  // namespace zipml
