#pragma once

#include <cstddef>
#include <span>

namespace zipml {

/// How close a stack of images comes to the true one.
struct ImageQuality {
  double rmse = 0.0;  ///< root of the mean squared error over all pixels, density
  double psnr = 0.0;  ///< 20 log10(range / rmse), decibel; infinite without error
  double ssim = 0.0;  ///< structural similarity, mean over pixels and images; 1 where they are equal
};

/// images and truth: count images of size x size pixels. The range is that of the truth, greatest minus least
/// value of the stack (1 where it is constant). SSIM: Wang, Bovik, Sheikh, Simoncelli, "Image quality
/// assessment", IEEE Trans. Image Process. 13 (2004): Gaussian window of 11 x 11 pixels and standard
/// deviation 1.5, K1 = 0.01, K2 = 0.03, cut and normalised at the border. Does not depend on `threads`.
ImageQuality image_quality(std::span<const float> images, std::span<const float> truth, std::size_t size,
                           int threads);

}  // namespace zipml
