// Moves a view right, or down, by pixels (torchvision's affine).
#include <cmath>

#include "core/effects/operation.h"
#include "core/effects/operations.h"
#include "core/effects/warp.h"

namespace bobbin::core {
namespace {

void translate_x(const Amounts& right, const EffectView& view) {
  Affine origin;
  origin.c = -right[0];
  warp(origin, view);
}

void translate_y(const Amounts& down, const EffectView& view) {
  Affine origin;
  origin.f = -down[0];
  warp(origin, view);
}

// 150 pixels of the 331 that RandAugment was tuned on.
double magnitude(double strength, int sign, int size) {
  return sign * std::trunc(150.0 / 331 * size * strength);
}

}  // namespace

const Operation kTranslateX = {.name = "translateX", .apply = translate_x, .magnitude = magnitude};
const Operation kTranslateY = {.name = "translateY", .apply = translate_y, .magnitude = magnitude};

}  // namespace bobbin::core
