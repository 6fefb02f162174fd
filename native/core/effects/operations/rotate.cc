// Turns a view counter-clockwise about its centre, by degrees (torchvision's rotate).
#include <cmath>
#include <numbers>

#include "core/effects/operation.h"
#include "core/effects/operations.h"
#include "core/effects/warp.h"

namespace bobbin::core {
namespace {

void rotate(const Amounts& degrees, const EffectView& view) {
  const double angle = degrees[0] * std::numbers::pi / 180;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const double center = (view.size - 1) / 2.0;
  const auto about_center = [&](double x, double y) {
    return static_cast<float>(center - x * center - y * center);
  };
  Affine origin;
  origin.a = origin.e = static_cast<float>(cosine);
  origin.b = static_cast<float>(-sine);
  origin.d = static_cast<float>(sine);
  origin.c = about_center(cosine, -sine);
  origin.f = about_center(sine, cosine);
  warp(origin, view);
}

double magnitude(double strength, int sign, int /*size*/) { return sign * 30 * strength; }

}  // namespace

const Operation kRotate = {.name = "rotate", .apply = rotate, .magnitude = magnitude};

}  // namespace bobbin::core
