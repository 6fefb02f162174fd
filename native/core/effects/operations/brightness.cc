// Multiplies colours by a factor.
#include "core/effects/colors.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void adjust_brightness(const Amounts& factor, const EffectView& view) {
  for (float& value : view.values) value = clamped(factor[0] * value);
}

}  // namespace

const Operation kBrightness = {
    .name = "brightness", .apply = adjust_brightness, .magnitude = enhancement};

}  // namespace bobbin::core
