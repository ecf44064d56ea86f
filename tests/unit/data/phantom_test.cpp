#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "engine/data/dataset.h"
#include "engine/data/tomography_scan.h"

namespace zipml {
namespace {

Ray ray_at(double degrees, double offset) {
  const double angle = degrees * std::numbers::pi / 180.0;
  return {std::cos(angle), std::sin(angle), offset};
}

// The line integral by adding up densities of small steps: knows no chords.
double by_steps(const Phantom& phantom, const Ray& ray) {
  constexpr int kSteps = 20000;
  double sum = 0.0;
  for (int i = 0; i < kSteps; ++i) {
    const double t = 2.0 * (i + 0.5) / kSteps - 1.0;
    const double x = ray.offset * ray.cosine - t * ray.sine, y = ray.offset * ray.sine + t * ray.cosine;
    for (const Ellipsoid& part : phantom.parts) {
      const double tilt = part.tilt * std::numbers::pi / 180.0, dx = x - part.x, dy = y - part.y;
      const double u = (dx * std::cos(tilt) + dy * std::sin(tilt)) / part.a;
      const double v = (dy * std::cos(tilt) - dx * std::sin(tilt)) / part.b, w = part.z / part.c;
      if (u * u + v * v + w * w < 1.0) sum += part.density;
    }
  }
  return sum * 2.0 / kSteps;
}

TEST_CASE("chords of a disc are 2 sqrt(r^2 - s^2) long, from every direction", "[phantom]") {
  const Phantom& disc = *find_phantom("disc");
  for (const double degrees : {0.0, 17.0, 45.0, 90.0, 133.0, 179.0}) {
    for (const double s : {-0.49, -0.2, 0.0, 0.3}) {
      CHECK(line_integral(disc, 0.0, ray_at(degrees, s)) ==
            Approx(2.0 * std::sqrt(0.25 - s * s)).epsilon(1e-12));
    }
    CHECK(line_integral(disc, 0.0, ray_at(degrees, 0.5)) == 0.0);
    CHECK(line_integral(disc, 0.3, ray_at(degrees, 0.0)) == Approx(0.8));  // the ball is smaller up there
    CHECK(line_integral(disc, 0.5, ray_at(degrees, 0.0)) == 0.0);
  }
}

TEST_CASE("line integrals of every phantom are those of small steps", "[phantom]") {
  for (const Phantom& phantom : phantoms()) {
    INFO(phantom.name);
    for (const double degrees : {0.0, 33.0, 90.0, 120.0}) {
      for (const double s : {-0.6, -0.35, 0.03, 0.2, 0.55}) {
        const Ray ray = ray_at(degrees, s);
        CHECK(line_integral(phantom, 0.0, ray) == Approx(by_steps(phantom, ray)).margin(1e-3));
      }
    }
  }
}

TEST_CASE("phantoms lie in the unit disc and have no negative density", "[phantom]") {
  constexpr std::size_t kSize = 96;
  for (const Phantom& phantom : phantoms()) {
    INFO(phantom.name);
    double inside = 0.0;
    for (const double height : {-0.9, -0.5, -0.25, 0.0, 0.1, 0.3, 0.7}) {
      const std::vector<float> image = draw_slice(phantom, height, kSize);
      for (std::size_t p = 0; p < image.size(); ++p) {
        const double x = (2.0 * static_cast<double>(p % kSize) + 1.0) / kSize - 1.0;
        const double y = (2.0 * static_cast<double>(p / kSize) + 1.0) / kSize - 1.0;
        CHECK(image[p] >= -1e-6f);
        if (x * x + y * y > 1.0) CHECK(image[p] == 0.0f);
        inside += static_cast<double>(image[p]);
      }
    }
    CHECK(inside > 0.0);
  }
  CHECK(find_phantom("egg") == nullptr);
}

TEST_CASE("a slice's mass is the area of its ellipses and the integral of each projection", "[phantom]") {
  const Phantom& disc = *find_phantom("disc");
  double mass = 0.0;
  for (const float value : draw_slice(disc, 0.0, 128)) mass += static_cast<double>(value);
  CHECK(mass * 4.0 / (128.0 * 128.0) == Approx(std::numbers::pi / 4.0).epsilon(2e-3));

  const ComponentChoice choice = choose(datasets().family(), kTomography,
                                        {{"phantom", std::string("disc")},
                                         {"size", std::int64_t{64}},
                                         {"angles", std::int64_t{3}},
                                         {"slices", std::int64_t{1}}});
  const Dataset data = load_dataset(choice, {});
  REQUIRE(data.train.labels.size() == 3 * 64);
  for (std::size_t k = 0; k < 3; ++k) {
    double sum = 0.0;
    for (std::size_t d = 0; d < 64; ++d) sum += static_cast<double>(data.train.labels[k * 64 + d]);
    CHECK(sum * 2.0 / 64.0 == Approx(std::numbers::pi / 4.0).epsilon(1e-3));
  }
}

TEST_CASE("noise on line integrals has the standard deviation asked for", "[phantom]") {
  const auto labels = [](double noise) {
    return load_dataset(choose(datasets().family(), kTomography,
                               {{"size", std::int64_t{64}}, {"angles", std::int64_t{64}}, {"noise", noise}}),
                        {})
        .train.labels;
  };
  const std::vector<float> clean = labels(0.0), noisy = labels(0.25);
  double sum = 0.0;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    sum += std::pow(static_cast<double>(noisy[i]) - static_cast<double>(clean[i]), 2);
  }
  // 4096 normals: the deviation's relative standard error is 1.1%, the seed is fixed.
  CHECK(std::sqrt(sum / static_cast<double>(clean.size())) == Approx(0.25).epsilon(0.05));
}

}  // namespace
}  // namespace zipml
