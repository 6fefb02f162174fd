// Moves a view's corners, so that it looks as if seen from another place (torchvision's
// perspective). The amounts are where they go: x and y in pixels of the top left, top right, bottom
// right and bottom left corner.
#include "core/effects/operation.h"
#include "core/effects/operations.h"
#include "core/effects/warp.h"

namespace bobbin::core {
namespace {

// Where an output pixel comes from: ((a·x + b·y + c) / w, (d·x + e·y + f) / w) with
// w = g·x + h·y + i, on axes that begin half a pixel before the first pixel's centre.
struct Projection {
  double a, b, c, d, e, f, g, h, i;

  Point operator()(int column, int row) const {
    const double x = column + 0.5, y = row + 0.5;
    const auto w = static_cast<float>(g * x + h * y + i);
    return {static_cast<float>(a * x + b * y + c) / w - 0.5f,
            static_cast<float>(d * x + e * y + f) / w - 0.5f};
  }
};

// From the unit square to the four corners: Heckbert, "Fundamentals of Texture Mapping and Image
// Warping" (1989), section 2.2.3, times his denominator, which is 0 where three corners are in
// line.
Projection from_unit_square(const Amounts& at) {
  const auto [x0, y0, x1, y1, x2, y2, x3, y3] = at;
  const double sum_x = x0 - x1 + x2 - x3, sum_y = y0 - y1 + y2 - y3;
  const double dx1 = x1 - x2, dx2 = x3 - x2, dy1 = y1 - y2, dy2 = y3 - y2;
  const double g = sum_x * dy2 - dx2 * sum_y, h = dx1 * sum_y - sum_x * dy1;
  const double i = dx1 * dy2 - dx2 * dy1;
  return {i * (x1 - x0) + g * x1,
          i * (x3 - x0) + h * x3,
          i * x0,
          i * (y1 - y0) + g * y1,
          i * (y3 - y0) + h * y3,
          i * y0,
          g,
          h,
          i};
}

// The inverse up to a factor, which cancels out: the adjugate, with its square `side` long.
Projection to_square(const Projection& p, double side) {
  return {side * (p.e * p.i - p.f * p.h), side * (p.c * p.h - p.b * p.i),
          side * (p.b * p.f - p.c * p.e), side * (p.f * p.g - p.d * p.i),
          side * (p.a * p.i - p.c * p.g), side * (p.c * p.d - p.a * p.f),
          p.d * p.h - p.e * p.g,          p.b * p.g - p.a * p.h,
          p.a * p.e - p.b * p.d};
}

void change_perspective(const Amounts& corners, const EffectView& view) {
  warp(to_square(from_unit_square(corners), view.size - 1), view);
}

}  // namespace

const Operation kPerspective = {.name = "perspective", .apply = change_perspective, .amounts = 8};

}  // namespace bobbin::core
