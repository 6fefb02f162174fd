// Bilinear sampling, pixel by pixel.
#include "core/render/warp.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace bobbin::core {
namespace {

// A pixel and one value behind it: what a machine loads and computes with at once.
using Vector = float __attribute__((vector_size(16)));

Vector load(const float* pixel) {
  Vector vector;
  std::memcpy(&vector, pixel, sizeof vector);
  return vector;
}

// The four pixels around a place, and how far it lies towards the later ones.
struct Neighbours {
  const float *top_left, *top_right, *bottom_left, *bottom_right;
  float right, down;
};

void interpolate(const Neighbours& at, float* target) {
  const Vector top_left = load(at.top_left), bottom_left = load(at.bottom_left);
  const Vector top = top_left + at.right * (load(at.top_right) - top_left);
  const Vector bottom = bottom_left + at.right * (load(at.bottom_right) - bottom_left);
  const Vector result = top + at.down * (bottom - top);
  std::memcpy(target, &result, 3 * sizeof(float));
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
  const int row = 3 * size;
  const float outside[4] = {fill[0], fill[1], fill[2]};
  const auto inside = [size](int i) { return i >= 0 && i < size; };
  const auto pixel = [&](int x, int y) {
    return inside(x) && inside(y) ? source + 3 * x + y * row : outside;
  };
  // What lies farther out has the fill alone, as the pixel before the first and behind the last do.
  const auto limited = [size](float at) { return std::clamp(at, -1.0f, static_cast<float>(size)); };
  // Of what is at least −1.
  const auto floor = [](float at) { return static_cast<int>(at + 1) - 1; };
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x, target += 3) {
      const float from_x = limited(affine.a * x + (affine.b * y + affine.c));
      const float from_y = limited(affine.d * x + (affine.e * y + affine.f));
      const int i = floor(from_x), j = floor(from_y);
      const float right = from_x - i, down = from_y - j;
      if (i >= 0 && j >= 0 && i + 1 < size && j + 1 < size) {
        const float* at = source + 3 * i + j * row;
        interpolate({at, at + 3, at + row, at + row + 3, right, down}, target);
      } else {
        interpolate(
            {pixel(i, j), pixel(i + 1, j), pixel(i, j + 1), pixel(i + 1, j + 1), right, down},
            target);
      }
    }
  }
}

}  // namespace bobbin::core
