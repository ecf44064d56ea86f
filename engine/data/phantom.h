#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zipml {

/// An ellipsoid of constant density that is added to what is there. The object lies in the unit ball around
/// the origin; all lengths in units of the field of view's half width.
struct Ellipsoid {
  double density;
  double a, b, c;  ///< semi-axes along its own x, y and z
  double x, y, z;  ///< centre
  double tilt;     ///< degrees by which x and y are turned about z, counter-clockwise
};

/// A test object whose line integrals are known in closed form.
struct Phantom {
  std::string name;   ///< in configs
  std::string title;  ///< for figures
  std::vector<Ellipsoid> parts;
};

/// disc (a ball of radius 0.5 and density 1), shepp-logan, thorax.
std::span<const Phantom> phantoms();

/// nullptr if there is none of this name.
const Phantom* find_phantom(std::string_view name);

/// The line x cos(angle) + y sin(angle) = offset of a slice, angle given by its cosine and sine.
struct Ray {
  double cosine, sine, offset;
};

/// Integral of the density along a ray in the slice of this height: a chord of an ellipse is
/// 2 a b sqrt(A^2 - s^2) / A^2 long, A^2 = a^2 cos^2 + b^2 sin^2 in the ellipse's own frame (Kak and Slaney,
/// Principles of Computerized Tomographic Imaging, 1988, section 3.1).
double line_integral(const Phantom& phantom, double height, const Ray& ray);

/// The slice as size x size pixels over [-1, 1]^2, each the mean density of 4 x 4 points: pixel (i, j), at i
/// * size + j, has its centre at x = (2 j + 1) / size - 1, y = (2 i + 1) / size - 1.
std::vector<float> draw_slice(const Phantom& phantom, double height, std::size_t size);

}  // namespace zipml
