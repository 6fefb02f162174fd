// Bilinear sampling, pixel by pixel.
#include "core/warp.h"

#include <cmath>
#include <numbers>

namespace bobbin::core {
namespace {

// The four pixels around a place, and how far it lies towards the later ones.
struct Neighbours {
  const float *top_left, *top_right, *bottom_left, *bottom_right;
  float right, down;
};

void interpolate(const Neighbours& at, float* target) {
  for (int c = 0; c < 3; ++c) {
    const float top = at.top_left[c] + at.right * (at.top_right[c] - at.top_left[c]);
    const float bottom = at.bottom_left[c] + at.right * (at.bottom_right[c] - at.bottom_left[c]);
    target[c] = top + at.down * (bottom - top);
  }
}

}  // namespace

Affine rotation(float degrees, int size) {
  const double angle = degrees * std::numbers::pi / 180;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const double center = (size - 1) / 2.0;
  const auto about_center = [&](double x, double y) {
    return static_cast<float>(center - x * center - y * center);
  };
  Affine affine;
  affine.a = affine.e = static_cast<float>(cosine);
  affine.b = static_cast<float>(-sine);
  affine.d = static_cast<float>(sine);
  affine.c = about_center(cosine, -sine);
  affine.f = about_center(sine, cosine);
  return affine;
}

// The corner lies half a pixel before the first pixel's centre.
Affine shear_x(float slope) {
  Affine affine;
  affine.b = slope;
  affine.c = slope / 2;
  return affine;
}

Affine shear_y(float slope) {
  Affine affine;
  affine.d = slope;
  affine.f = slope / 2;
  return affine;
}

Affine translation(float right, float down) {
  Affine affine;
  affine.c = -right;
  affine.f = -down;
  return affine;
}

void warp(const Affine& affine, const float* source, int size, const std::array<float, 3>& fill,
          float* target) {
  const auto inside = [size](int i) { return i >= 0 && i < size; };
  const auto pixel = [&](int x, int y) {
    return inside(x) && inside(y) ? source + 3 * (y * size + x) : fill.data();
  };
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x, target += 3) {
      const float from_x = affine.a * x + (affine.b * y + affine.c);
      const float from_y = affine.d * x + (affine.e * y + affine.f);
      const float left = std::floor(from_x), top = std::floor(from_y);
      const int i = static_cast<int>(left), j = static_cast<int>(top);
      interpolate({pixel(i, j), pixel(i + 1, j), pixel(i, j + 1), pixel(i + 1, j + 1),
                   from_x - left, from_y - top},
                  target);
    }
  }
}

}  // namespace bobbin::core
