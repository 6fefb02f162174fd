// Moves each row left, or each column up, by some pixels for each pixel of its distance from the
// view's top left corner (torchvision's affine with that centre).
#include "core/effects/operation.h"
#include "core/effects/operations.h"
#include "core/effects/warp.h"

namespace bobbin::core {
namespace {

// The corner lies half a pixel before the first pixel's centre.
void shear_x(const Amounts& slope, const EffectView& view) {
  Affine origin;
  origin.b = slope[0];
  origin.c = slope[0] / 2;
  warp(origin, view);
}

void shear_y(const Amounts& slope, const EffectView& view) {
  Affine origin;
  origin.d = slope[0];
  origin.f = slope[0] / 2;
  warp(origin, view);
}

double magnitude(double strength, int sign, int /*size*/) { return sign * 0.3 * strength; }

}  // namespace

const Operation kShearX = {.name = "shearX", .apply = shear_x, .magnitude = magnitude};
const Operation kShearY = {.name = "shearY", .apply = shear_y, .magnitude = magnitude};

}  // namespace bobbin::core
