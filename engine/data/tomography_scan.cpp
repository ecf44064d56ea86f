#include "engine/data/tomography_scan.h"

#include <numbers>
#include <stdexcept>

#include "engine/core/parallel.h"
#include "engine/core/portable_math.h"
#include "engine/core/random.h"
#include "engine/data/dataset_kinds.h"

namespace zipml {
namespace {

double spread(std::size_t i, std::size_t count) {
  return (2.0 * static_cast<double>(i) + 1.0) / static_cast<double>(count) - 1.0;
}

double angle_of(std::size_t k, std::size_t angles) {
  return std::numbers::pi * static_cast<double>(k) / static_cast<double>(angles);
}

// A detector has a width: the mean over parallel rays that share it evenly.
double detected(const Phantom& phantom, double height, const Ray& centre, std::size_t detectors) {
  constexpr std::size_t kRays = 8;
  double sum = 0.0;
  for (std::size_t i = 0; i < kRays; ++i) {
    const double place = spread(i, kRays) / static_cast<double>(detectors);
    sum += line_integral(phantom, height, {centre.cosine, centre.sine, centre.offset + place});
  }
  return sum / kRays;
}

// One row a detector and angle: features angle, offset and height, label what it sees.
Dataset make_scan(const Parameters& parameters, const DataContext&) {
  const ScanGeometry scan = scan_geometry(parameters);
  const Phantom& phantom = scan_phantom(parameters);
  const double noise = parameters.number("noise");
  const DrawAddress noises{static_cast<std::uint64_t>(parameters.integer("seed")), Stream::generate_labels,
                           0};
  Dataset data;
  data.name = kTomography;
  data.title = phantom.title + ", " + std::to_string(scan.slices) +
               (scan.slices == 1 ? " slice of " : " slices of ") + std::to_string(scan.size) + " x " +
               std::to_string(scan.size);
  data.train = {Matrix(scan.slices * scan.rays(), 3), std::vector<float>(scan.slices * scan.rays())};
  data.test.features = Matrix(0, 3);
  parallel_blocks(scan.slices * scan.angles, available_threads(), [&](std::size_t block) {
    const std::size_t slice = block / scan.angles, angle = block % scan.angles;
    for (std::size_t d = 0; d < scan.size; ++d) {
      const std::size_t row = block * scan.size + d;
      const Ray ray = scan.ray(angle * scan.size + d);
      data.train.features(row, 0) = static_cast<float>(angle_of(angle, scan.angles));
      data.train.features(row, 1) = static_cast<float>(ray.offset);
      data.train.features(row, 2) = static_cast<float>(scan.height(slice));
      double value = detected(phantom, scan.height(slice), ray, scan.size);
      if (noise > 0.0) value += noise * draw_normal(noises, row, 0);
      data.train.labels[row] = static_cast<float>(value);
    }
  });
  return data;
}

ParameterInfo count(const char* key, const char* doc, std::int64_t fallback, double min, double max) {
  return {
      .key = key, .type = ParameterType::integer, .doc = doc, .fallback = fallback, .min = min, .max = max};
}

}  // namespace

Ray ScanGeometry::ray(std::size_t r) const {
  const double angle = angle_of(r / size, angles);
  return {portable_cos(angle), portable_cos(angle - std::numbers::pi / 2.0), spread(r % size, size)};
}

double ScanGeometry::height(std::size_t slice) const { return spread(slice, slices); }

ScanGeometry scan_geometry(const Parameters& parameters) {
  const auto size_of = [&](const char* key) { return static_cast<std::size_t>(parameters.integer(key)); };
  return {size_of("size"), size_of("angles"), size_of("slices")};
}

const Phantom& scan_phantom(const Parameters& parameters) {
  const Phantom* phantom = find_phantom(parameters.text("phantom"));
  if (!phantom) throw std::logic_error("no phantom '" + parameters.text("phantom") + "'");
  return *phantom;
}

DatasetEntries tomography_kinds() {
  std::vector<std::string> names;
  for (const Phantom& phantom : phantoms()) names.push_back(phantom.name);
  std::vector<ParameterInfo> parameters = {
      {.key = "phantom",
       .type = ParameterType::text,
       .doc = "the object, made of ellipsoids",
       .fallback = std::string("shepp-logan"),
       .choices = names},
      count("size", "pixels along a slice's side, and detectors", 128, 4, 512),
      count("angles", "projections over half a turn", 128, 1, 4096),
      count("slices", "slices from the bottom to the top of the object; one lies in its middle", 1, 1, 512),
      {.key = "noise",
       .type = ParameterType::number,
       .doc =
           "standard deviation of the noise on a line integral, half widths of the field of view x density",
       .fallback = 0.0,
       .min = 0.0,
       .max = 1e6},
      seed_parameter()};
  return {{{kTomography,
            "what detectors see of a phantom, parallel beam, slice by slice; training reconstructs it",
            std::move(parameters)},
           make_scan}};
}

}  // namespace zipml
