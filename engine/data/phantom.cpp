#include "engine/data/phantom.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/portable_math.h"

namespace zipml {
namespace {

// Where an ellipsoid meets a slice.
struct Ellipse {
  double density, a, b, x, y, cosine, sine;
};

std::vector<Ellipse> cut(const Phantom& phantom, double height) {
  std::vector<Ellipse> ellipses;
  for (const Ellipsoid& part : phantom.parts) {
    const double up = (height - part.z) / part.c, shrink_squared = 1.0 - up * up;
    if (!(shrink_squared > 0.0)) continue;
    const double shrink = std::sqrt(shrink_squared), tilt = part.tilt * std::numbers::pi / 180.0;
    ellipses.push_back({part.density, part.a * shrink, part.b * shrink, part.x, part.y, portable_cos(tilt),
                        portable_cos(tilt - std::numbers::pi / 2.0)});
  }
  return ellipses;
}

double chord(const Ellipse& ellipse, const Ray& ray) {
  const double s = ray.offset - ellipse.x * ray.cosine - ellipse.y * ray.sine;
  const double c = ray.cosine * ellipse.cosine + ray.sine * ellipse.sine;
  const double d = ray.sine * ellipse.cosine - ray.cosine * ellipse.sine;
  const double reach = ellipse.a * ellipse.a * c * c + ellipse.b * ellipse.b * d * d;
  if (s * s >= reach) return 0.0;
  return 2.0 * ellipse.a * ellipse.b * std::sqrt(reach - s * s) / reach;
}

bool covers(const Ellipse& ellipse, double x, double y) {
  const double dx = x - ellipse.x, dy = y - ellipse.y;
  const double u = (dx * ellipse.cosine + dy * ellipse.sine) / ellipse.a;
  const double v = (dy * ellipse.cosine - dx * ellipse.sine) / ellipse.b;
  return u * u + v * v <= 1.0;
}

// Shepp and Logan, "The Fourier reconstruction of a head section", IEEE Trans. Nucl. Sci. 21 (1974), as ten
// ellipsoids with the contrasts of Toft's thesis (1996), which can be told apart by eye. Axes are tilted
// about z only, so that every slice is a set of ellipses.
Phantom shepp_logan() {
  return {"shepp-logan",
          "Shepp-Logan phantom",
          {{1.0, .69, .92, .81, 0.0, 0.0, 0.0, 0.0},
           {-.8, .6624, .874, .78, 0.0, -.0184, 0.0, 0.0},
           {-.2, .11, .31, .22, .22, 0.0, 0.0, -18.0},
           {-.2, .16, .41, .28, -.22, 0.0, 0.0, 18.0},
           {.1, .21, .25, .41, 0.0, .35, -.15, 0.0},
           {.1, .046, .046, .05, 0.0, .1, .25, 0.0},
           {.1, .046, .046, .05, 0.0, -.1, .25, 0.0},
           {.1, .046, .023, .05, -.08, -.605, 0.0, 0.0},
           {.1, .023, .023, .02, 0.0, -.606, 0.0, 0.0},
           {.1, .023, .046, .02, .06, -.605, 0.0, 0.0}}};
}

// Ours: a chest seen from the feet. Densities are shares of that of the spine's rim.
Phantom thorax() {
  return {"thorax",
          "thorax-like phantom",
          {{.30, .90, .62, 1.30, 0.0, 0.0, 0.0, 0.0},     // skin and fat
           {.15, .84, .56, 1.25, 0.0, 0.0, 0.0, 0.0},     // muscle
           {-.38, .30, .42, .80, -.44, .02, .05, 6.0},    // lungs
           {-.38, .27, .40, .75, .46, .02, .05, -6.0},    //
           {.12, .21, .17, .30, .12, .16, -.10, 25.0},    // heart
           {.06, .12, .08, .20, .14, .16, -.10, 25.0},    // its chamber, with contrast agent
           {.55, .13, .12, 1.30, 0.0, -.36, 0.0, 0.0},    // spine
           {-.60, .045, .05, 1.30, 0.0, -.34, 0.0, 0.0},  // its canal
           {.35, .05, .05, 1.20, -.14, -.22, 0.0, 0.0},   // aorta
           {-.40, .035, .04, .90, 0.0, -.08, .30, 0.0},   // windpipe
           {.45, .10, .03, .70, 0.0, .53, 0.0, 0.0},      // breastbone
           {.50, .05, .025, .08, -.80, .10, 0.0, 80.0},   // ribs
           {.50, .05, .025, .08, .80, .10, 0.0, -80.0},   //
           {.50, .06, .025, .08, -.52, -.46, .0, -30.0},  //
           {.50, .06, .025, .08, .52, -.46, .0, 30.0},    //
           {.30, .03, .03, .03, -.50, .15, 0.0, 0.0},     // nodules of the lungs
           {.30, .02, .02, .02, .55, -.12, .05, 0.0}}};
}

}  // namespace

std::span<const Phantom> phantoms() {
  static const std::vector<Phantom> all = {
      {"disc", "ball of radius 0.5", {{1.0, .5, .5, .5, 0.0, 0.0, 0.0, 0.0}}}, shepp_logan(), thorax()};
  return all;
}

const Phantom* find_phantom(std::string_view name) {
  const auto all = phantoms();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Phantom& phantom) { return phantom.name == name; });
  return found == all.end() ? nullptr : &*found;
}

double line_integral(const Phantom& phantom, double height, const Ray& ray) {
  double sum = 0.0;
  for (const Ellipse& ellipse : cut(phantom, height)) sum += ellipse.density * chord(ellipse, ray);
  return sum;
}

std::vector<float> draw_slice(const Phantom& phantom, double height, std::size_t size) {
  constexpr std::size_t kPoints = 4;
  const std::vector<Ellipse> ellipses = cut(phantom, height);
  const auto place = [&](std::size_t pixel, std::size_t point) {
    const double in_pixel = (static_cast<double>(point) + 0.5) / kPoints;
    return 2.0 * (static_cast<double>(pixel) + in_pixel) / static_cast<double>(size) - 1.0;
  };
  std::vector<float> pixels(size * size);
  for (std::size_t p = 0; p < pixels.size(); ++p) {
    double sum = 0.0;
    for (std::size_t q = 0; q < kPoints * kPoints; ++q) {
      const double y = place(p / size, q / kPoints), x = place(p % size, q % kPoints);
      for (const Ellipse& ellipse : ellipses) sum += covers(ellipse, x, y) ? ellipse.density : 0.0;
    }
    pixels[p] = static_cast<float>(sum / (kPoints * kPoints));
  }
  return pixels;
}

}  // namespace zipml
