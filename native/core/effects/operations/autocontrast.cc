// Stretches each channel from its least and largest value to 0…255.
#include <algorithm>
#include <cstddef>
#include <span>

#include "core/effects/colors.h"
#include "core/effects/operation.h"
#include "core/effects/operations.h"

namespace bobbin::core {
namespace {

void autocontrast(const Amounts& /*none*/, const EffectView& view) {
  const std::span<float> values = view.values;
  for (std::size_t c = 0; c < 3; ++c) {
    float least = 255, largest = 0;
    for (std::size_t i = c; i < values.size(); i += 3) {
      least = std::min(least, values[i]);
      largest = std::max(largest, values[i]);
    }
    if (largest <= least) continue;
    const float scale = 255 / (largest - least);
    for (std::size_t i = c; i < values.size(); i += 3) {
      values[i] = clamped((values[i] - least) * scale);
    }
  }
}

}  // namespace

const Operation kAutocontrast = {
    .name = "autocontrast", .apply = autocontrast, .magnitude = no_magnitude, .amounts = 0};

}  // namespace bobbin::core
