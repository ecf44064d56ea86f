#include "engine/tomography/projector.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/core/random.h"
#include "engine/tomography/filtered_back_projection.h"
#include "tests/unit/tomography/toy_scan.h"

namespace zipml {
namespace {

TEST_CASE("projection and back-projection are adjoint", "[tomography]") {
  for (const ScanGeometry scan : {ScanGeometry{32, 20, 1}, ScanGeometry{33, 7, 1}, ScanGeometry{4, 1, 1}}) {
    const Projector projector(scan);
    REQUIRE(projector.rays() == scan.rays());
    std::vector<float> x(scan.pixels());
    std::vector<double> y(scan.rays());
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<float>(draw_normal({1, Stream::generate_features, 0}, i, 0));
    }
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = draw_normal({1, Stream::generate_labels, 0}, i, 0);
    const std::vector<double> projected = projector.project(x), spread = projector.back_project(y);
    double left = 0.0, right = 0.0, scale = 0.0;
    for (std::size_t r = 0; r < y.size(); ++r) {
      left += projected[r] * y[r];
      scale += std::fabs(projected[r] * y[r]);
    }
    for (std::size_t p = 0; p < x.size(); ++p) right += static_cast<double>(x[p]) * spread[p];
    CHECK(std::fabs(left - right) <= 1e-6 * scale);
    CHECK(std::fabs(left) > 1e-3 * scale);  // two zeros would agree as well
  }
}

TEST_CASE("a projected disc has the closed form's chords", "[tomography]") {
  // Away from the rim, where a pixel is partly covered, the error is that of a pixel's corner.
  double worst[2] = {};
  for (const int size : {64, 256}) {
    const ScanGeometry scan{static_cast<std::size_t>(size), 12, 1};
    const Phantom& disc = *find_phantom("disc");
    const std::vector<double> projected = Projector(scan).project(draw_slice(disc, 0.0, scan.size));
    for (std::size_t r = 0; r < scan.rays(); ++r) {
      const Ray ray = scan.ray(r);
      if (std::fabs(ray.offset) > 0.6) CHECK(projected[r] == Approx(0.0).margin(1e-9));
      if (std::fabs(ray.offset) > 0.4) continue;
      const double error = std::fabs(projected[r] - 2.0 * std::sqrt(0.25 - ray.offset * ray.offset));
      worst[size == 256] = std::max(worst[size == 256], error);
    }
  }
  CHECK(worst[0] < 0.02);
  CHECK(worst[1] < 0.005);
}

TEST_CASE("rays through the middle of pixels weigh them by their width", "[tomography]") {
  const ScanGeometry scan{8, 2, 1};  // along y, then along x
  const Projector projector(scan);
  for (std::size_t r = 0; r < scan.rays(); ++r) {
    const auto pixels = projector.row_pixels(r);
    double length = 0.0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      const std::size_t across = r < 8 ? pixels[i] % 8 : pixels[i] / 8;
      if (projector.weights()(r, i) > 1e-6f) CHECK(across == r % 8);
      length += static_cast<double>(projector.weights()(r, i));
    }
    CHECK(length == Approx(2.0));
  }
}

TEST_CASE("filtered back-projection, which knows no projector, gives the phantom back", "[tomography]") {
  for (const char* phantom : {"disc", "shepp-logan", "thorax"}) {
    INFO(phantom);
    const Scan scan = testing::toy_scan(phantom, 64, 96);
    const std::vector<float> image = filtered_back_projection(scan.geometry(), scan.slice_sinogram(0));
    const double psnr = image_quality(image, scan.truth(), 64, 1).psnr;
    CHECK(psnr > 23.0);
    // Directions turned by a right angle are another object's.
    std::vector<float> turned = scan.slice_sinogram(0);
    std::rotate(turned.begin(), turned.begin() + 48 * 64, turned.end());
    const std::vector<float> other = filtered_back_projection(scan.geometry(), turned);
    if (std::string(phantom) != "disc") CHECK(image_quality(other, scan.truth(), 64, 1).psnr < psnr - 5.0);
  }
}

}  // namespace
}  // namespace zipml
