#include "engine/tomography/projector.h"

#include <algorithm>
#include <cmath>

namespace zipml {
namespace {

struct Weight {
  std::uint32_t pixel;
  float weight;
};

std::vector<Weight> trace_ray(const ScanGeometry& scan, const Ray& ray) {
  const auto size = static_cast<std::ptrdiff_t>(scan.size);
  const double width = 2.0 / static_cast<double>(size);
  const bool along_x = std::fabs(ray.sine) >= std::fabs(ray.cosine);
  const double across = along_x ? ray.sine : ray.cosine, along = along_x ? ray.cosine : ray.sine;
  const double step = width / std::fabs(across);
  std::vector<Weight> row;
  const auto add = [&](std::ptrdiff_t k, std::ptrdiff_t side, double share) {
    if (side < 0 || side >= size || !(share > 0.0)) return;
    const std::ptrdiff_t pixel = along_x ? side * size + k : k * size + side;
    row.push_back({static_cast<std::uint32_t>(pixel), static_cast<float>(step * share)});
  };
  for (std::ptrdiff_t k = 0; k < size; ++k) {
    const double position = (2.0 * static_cast<double>(k) + 1.0) / static_cast<double>(size) - 1.0;
    const double place = ((ray.offset - position * along) / across + 1.0) / width - 0.5;
    const double below = std::floor(place);
    add(k, static_cast<std::ptrdiff_t>(below), 1.0 - (place - below));
    add(k, static_cast<std::ptrdiff_t>(below) + 1, place - below);
  }
  return row;
}

}  // namespace

Projector::Projector(const ScanGeometry& scan) : pixels_(scan.pixels()), counts_(scan.rays()) {
  std::uint32_t most = 1;
  for (std::size_t r = 0; r < scan.rays(); ++r) {
    counts_[r] = static_cast<std::uint32_t>(trace_ray(scan, scan.ray(r)).size());
    most = std::max(most, counts_[r]);
  }
  weights_ = Matrix(scan.rays(), most);
  index_.resize(scan.rays() * most);
  for (std::size_t r = 0; r < scan.rays(); ++r) {
    const std::vector<Weight> row = trace_ray(scan, scan.ray(r));
    for (std::size_t i = 0; i < row.size(); ++i) {
      weights_(r, i) = row[i].weight;
      index_[r * most + i] = row[i].pixel;
    }
  }
}

std::vector<double> Projector::project(std::span<const float> x) const {
  std::vector<double> result(rays());
  for (std::size_t r = 0; r < rays(); ++r) {
    const auto pixels = row_pixels(r);
    const auto weights = weights_.row(r);
    double sum = 0.0;
    for (std::size_t i = 0; i < pixels.size(); ++i) sum += double{weights[i]} * double{x[pixels[i]]};
    result[r] = sum;
  }
  return result;
}

std::vector<double> Projector::back_project(std::span<const double> y) const {
  std::vector<double> result(pixels_, 0.0);
  for (std::size_t r = 0; r < rays(); ++r) {
    const auto pixels = row_pixels(r);
    const auto weights = weights_.row(r);
    for (std::size_t i = 0; i < pixels.size(); ++i) result[pixels[i]] += double{weights[i]} * y[r];
  }
  return result;
}

}  // namespace zipml
