// Bilinear resampling of a view, pixel by pixel.
#pragma once

#include <algorithm>
#include <cstring>

#include "core/effects/operation.h"

namespace bobbin::core {

// A position in the view; pixel centres are whole numbers.
struct Point {
  float x = 0, y = 0;
};

// From an output pixel to its position in the source.
struct Affine {
  float a = 1, b = 0, c = 0;
  float d = 0, e = 1, f = 0;

  Point operator()(int column, int row) const {
    const auto x = static_cast<float>(column), y = static_cast<float>(row);
    return {a * x + (b * y + c), d * x + (e * y + f)};
  }
};

// A square view before a warp, with the fill around it.
class WarpSource {
 public:
  // Copies the view into its scratch memory.
  explicit WarpSource(const EffectView& view);

  // The colour at `point`, into three values.
  void sample(const Point& point, float* target) const {
    // Places farther out have the fill alone, as the pixel before the first and behind the last do.
    // NaN, of a projection that is undefined there, lies outside, too.
    const auto limited = [last = static_cast<float>(size_)](float at) {
      return at > -1 ? std::min(at, last) : -1;
    };
    // Of what is at least −1.
    const auto floor = [](float at) { return static_cast<int>(at + 1) - 1; };
    const float x = limited(point.x), y = limited(point.y);
    const int i = floor(x), j = floor(y);
    const float right = x - static_cast<float>(i), down = y - static_cast<float>(j);
    if (i >= 0 && j >= 0 && i + 1 < size_ && j + 1 < size_) {
      const float* at = pixels_ + 3 * i + j * row_;
      interpolate({at, at + 3, at + row_, at + row_ + 3, right, down}, target);
    } else {
      interpolate({pixel(i, j), pixel(i + 1, j), pixel(i, j + 1), pixel(i + 1, j + 1), right, down},
                  target);
    }
  }

 private:
  // A pixel and one value behind it: what a machine loads and computes with at once.
  using Vector = float __attribute__((vector_size(16)));

  // The four pixels around a place, and how far it lies towards the later ones.
  struct Neighbours {
    const float *top_left, *top_right, *bottom_left, *bottom_right;
    float right, down;
  };

  static Vector load(const float* pixel) {
    Vector vector;
    std::memcpy(&vector, pixel, sizeof vector);
    return vector;
  }

  static void interpolate(const Neighbours& at, float* target) {
    const Vector top_left = load(at.top_left), bottom_left = load(at.bottom_left);
    const Vector top = top_left + at.right * (load(at.top_right) - top_left);
    const Vector bottom = bottom_left + at.right * (load(at.bottom_right) - bottom_left);
    const Vector result = top + at.down * (bottom - top);
    std::memcpy(target, &result, 3 * sizeof(float));
  }

  bool inside(int i) const { return i >= 0 && i < size_; }
  const float* pixel(int x, int y) const {
    return inside(x) && inside(y) ? pixels_ + 3 * x + y * row_ : outside_;
  }

  const float* pixels_;
  int size_, row_;
  float outside_[4];
};

// Resamples the view: its pixel (x, y) becomes what lies at `origin(x, y)`, or the fill outside of
// the view.
template <typename Origin>
void warp(const Origin& origin, const EffectView& view) {
  const WarpSource source(view);
  float* target = view.values.data();
  for (int y = 0; y < view.size; ++y) {
    for (int x = 0; x < view.size; ++x, target += 3) source.sample(origin(x, y), target);
  }
}

}  // namespace bobbin::core
