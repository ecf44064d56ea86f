#include "engine/tomography/image_quality.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace zipml {
namespace {

std::vector<float> ramp(std::size_t size) {
  std::vector<float> image(size * size);
  for (std::size_t p = 0; p < image.size(); ++p) image[p] = static_cast<float>((p * 7) % size);
  return image;
}

TEST_CASE("an image is equal to itself", "[tomography]") {
  const ImageQuality same = image_quality(ramp(16), ramp(16), 16, 1);
  CHECK(same.rmse == 0.0);
  CHECK(std::isinf(same.psnr));
  CHECK(same.ssim == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("a constant shift has its closed form", "[tomography]") {
  // Equal variances: what is left of SSIM is the comparison of means.
  std::vector<float> flat(64, 0.5f), shifted(64, 0.6f);
  const ImageQuality quality = image_quality(shifted, flat, 8, 1);  // constant truth: range 1
  CHECK(quality.rmse == Approx(0.1).epsilon(1e-6));
  CHECK(quality.psnr == Approx(20.0).epsilon(1e-6));
  const double c1 = 1e-4;
  CHECK(quality.ssim == Approx((2.0 * 0.5 * 0.6 + c1) / (0.25 + 0.36 + c1)).epsilon(1e-6));
}

TEST_CASE("a stack is judged as a whole, whatever the threads", "[tomography]") {
  std::vector<float> truth = ramp(16), images = truth;
  const std::vector<float> other = ramp(16);
  truth.insert(truth.end(), other.begin(), other.end());
  images.insert(images.end(), other.begin(), other.end());
  for (std::size_t p = 0; p < 256; ++p) images[p] += p % 2 == 0 ? 1.0f : -1.0f;
  const ImageQuality one = image_quality(images, truth, 16, 1), three = image_quality(images, truth, 16, 3);
  CHECK(one.rmse == Approx(std::sqrt(0.5)));
  CHECK(one.psnr == Approx(20.0 * std::log10(15.0 / std::sqrt(0.5))));
  CHECK(one.ssim == three.ssim);
  CHECK(one.rmse == three.rmse);
  CHECK(one.ssim < 1.0);
  CHECK(one.ssim > 0.5);  // the second image is perfect
}

}  // namespace
}  // namespace zipml
