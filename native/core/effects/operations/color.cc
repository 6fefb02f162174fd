// Multiplies each pixel's distance from its grey by a factor: saturation, called color by Pillow.
#include <cstddef>

#include "core/effects/colors.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void adjust_saturation(const Amounts& factor, const EffectView& view) {
  for (std::size_t i = 0; i < view.values.size(); i += 3) {
    const float grey = grey_of(&view.values[i]);
    for (std::size_t c = 0; c < 3; ++c) {
      view.values[i + c] = blend(grey, view.values[i + c], factor[0]);
    }
  }
}

}  // namespace

const Operation kColor = {.name = "color", .apply = adjust_saturation, .magnitude = enhancement};

}  // namespace bobbin::core
