#include "engine/tomography/image_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/core/portable_math.h"

namespace zipml {
namespace {

constexpr std::ptrdiff_t kReach = 5;  // an 11 x 11 window

std::array<double, 2 * kReach + 1> window() {
  std::array<double, 2 * kReach + 1> weights{};
  for (std::ptrdiff_t k = -kReach; k <= kReach; ++k) {
    weights[static_cast<std::size_t>(k + kReach)] =
        portable_exp(-static_cast<double>(k * k) / (2.0 * 1.5 * 1.5));
  }
  return weights;
}

// One pass of the window along lines of `size` pixels `step` apart, `next` from line to line.
std::vector<double> smooth_lines(const std::vector<double>& in, std::size_t size, std::size_t step,
                                 std::size_t next) {
  static const auto weights = window();
  const auto n = static_cast<std::ptrdiff_t>(size);
  std::vector<double> out(in.size());
  for (std::size_t line = 0; line < size; ++line) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      double sum = 0.0, total = 0.0;
      for (std::ptrdiff_t k = std::max(-kReach, -i); k <= std::min(kReach, n - 1 - i); ++k) {
        const double weight = weights[static_cast<std::size_t>(k + kReach)];
        sum += weight * in[line * next + static_cast<std::size_t>(i + k) * step];
        total += weight;
      }
      out[line * next + static_cast<std::size_t>(i) * step] = sum / total;
    }
  }
  return out;
}

template <class Value>
std::vector<double> local_mean(std::size_t size, const Value& value) {
  std::vector<double> all(size * size);
  for (std::size_t p = 0; p < all.size(); ++p) all[p] = value(p);
  return smooth_lines(smooth_lines(all, size, 1, size), size, size, 1);
}

double structural_similarity(std::span<const float> image, std::span<const float> truth, std::size_t size,
                             double range) {
  const auto a = [&](std::size_t p) { return double{image[p]}; };
  const auto b = [&](std::size_t p) { return double{truth[p]}; };
  const auto mean_a = local_mean(size, a), mean_b = local_mean(size, b);
  const auto square_a = local_mean(size, [&](std::size_t p) { return a(p) * a(p); });
  const auto square_b = local_mean(size, [&](std::size_t p) { return b(p) * b(p); });
  const auto product = local_mean(size, [&](std::size_t p) { return a(p) * b(p); });
  const double c1 = 0.01 * range * 0.01 * range, c2 = 0.03 * range * 0.03 * range;
  double sum = 0.0;
  for (std::size_t p = 0; p < mean_a.size(); ++p) {
    const double variance_a = square_a[p] - mean_a[p] * mean_a[p];
    const double variance_b = square_b[p] - mean_b[p] * mean_b[p];
    const double covariance = product[p] - mean_a[p] * mean_b[p];
    sum += (2.0 * mean_a[p] * mean_b[p] + c1) * (2.0 * covariance + c2) /
           ((mean_a[p] * mean_a[p] + mean_b[p] * mean_b[p] + c1) * (variance_a + variance_b + c2));
  }
  return sum / static_cast<double>(mean_a.size());
}

}  // namespace

ImageQuality image_quality(std::span<const float> images, std::span<const float> truth, std::size_t size,
                           int threads) {
  const std::size_t pixels = size * size, count = truth.size() / pixels;
  const auto [least, greatest] = std::minmax_element(truth.begin(), truth.end());
  const double spread = double{*greatest} - double{*least}, range = spread > 0.0 ? spread : 1.0;
  std::vector<double> errors(count), similarities(count);
  parallel_blocks(count, threads, [&](std::size_t i) {
    const auto image = images.subspan(i * pixels, pixels), true_image = truth.subspan(i * pixels, pixels);
    double sum = 0.0;
    for (std::size_t p = 0; p < pixels; ++p) {
      const double difference = double{image[p]} - double{true_image[p]};
      sum += difference * difference;
    }
    errors[i] = sum;
    similarities[i] = structural_similarity(image, true_image, size, range);
  });
  ImageQuality quality;
  quality.rmse = std::sqrt(tree_sum(errors) / static_cast<double>(pixels * count));
  quality.psnr = quality.rmse > 0.0 ? 20.0 * portable_log(range / quality.rmse) / std::numbers::ln10
                                    : std::numeric_limits<double>::infinity();
  quality.ssim = tree_sum(similarities) / static_cast<double>(count);
  return quality;
}

}  // namespace zipml
