#include "engine/tomography/filtered_back_projection.h"

#include <cmath>
#include <numbers>

namespace zipml {
namespace {

std::vector<double> ramp_filtered(std::span<const float> projection) {
  const std::size_t n = projection.size();
  const double spacing = 2.0 / static_cast<double>(n), pi = std::numbers::pi;
  std::vector<double> filtered(n);
  for (std::size_t i = 0; i < n; ++i) {
    double sum = double{projection[i]} / (4.0 * spacing * spacing);
    for (std::size_t j = i % 2 == 0 ? 1 : 0; j < n; j += 2) {
      const double lag = (static_cast<double>(i) - static_cast<double>(j)) * pi * spacing;
      sum -= double{projection[j]} / (lag * lag);
    }
    filtered[i] = spacing * sum;
  }
  return filtered;
}

}  // namespace

std::vector<float> filtered_back_projection(const ScanGeometry& scan, std::span<const float> sinogram) {
  const std::size_t n = scan.size;
  std::vector<double> image(scan.pixels(), 0.0);
  for (std::size_t k = 0; k < scan.angles; ++k) {
    const std::vector<double> filtered = ramp_filtered(sinogram.subspan(k * n, n));
    const Ray ray = scan.ray(k * n);
    for (std::size_t p = 0; p < image.size(); ++p) {
      const double x = (2.0 * static_cast<double>(p % n) + 1.0) / static_cast<double>(n) - 1.0;
      const double y = (2.0 * static_cast<double>(p / n) + 1.0) / static_cast<double>(n) - 1.0;
      const double place = (x * ray.cosine + y * ray.sine + 1.0) * static_cast<double>(n) / 2.0 - 0.5;
      if (place < 0.0 || place > static_cast<double>(n - 1)) continue;
      const auto below = static_cast<std::size_t>(place);
      const double share = place - static_cast<double>(below);
      image[p] += (1.0 - share) * filtered[below] + (share > 0.0 ? share * filtered[below + 1] : 0.0);
    }
  }
  const double weight = std::numbers::pi / static_cast<double>(scan.angles);
  std::vector<float> result(image.size());
  for (std::size_t p = 0; p < image.size(); ++p) result[p] = static_cast<float>(weight * image[p]);
  return result;
}

}  // namespace zipml
